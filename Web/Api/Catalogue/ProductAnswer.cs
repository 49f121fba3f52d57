namespace RedisAspire.Web.Api.Catalogue;

/// <summary>A product and the node that it was read from.</summary>
/// <param name="Data">The product.</param>
/// <param name="Node">The Redis node.</param>
internal sealed record ProductAnswer(ProductResponse Data, string? Node);
