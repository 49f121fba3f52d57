namespace RedisAspire.ApiService.OpenApi;

/// <summary>An example in the OpenAPI document.</summary>
/// <param name="StatusCode">The answer it is an example of; <see langword="null"/> for the body of the request.</param>
/// <param name="Value">The example.</param>
internal sealed record ExampleMetadata(int? StatusCode, object Value);
