namespace RedisAspire.ApiService.OpenApi;

/// <summary>An example in the OpenAPI document.</summary>
/// <param name="IsAnswer">Whether it is an answer; the body of a request otherwise.</param>
/// <param name="Value">The example.</param>
internal sealed record ExampleMetadata(bool IsAnswer, object Value);
