namespace RedisAspire.ApiService.Db;

/// <summary>A product and its indexes that do not agree.</summary>
/// <param name="Id">The id; of a category that no product is of, its name.</param>
/// <param name="Problems">What is wrong, by the key that is wrong.</param>
internal sealed record DriftResponse(string Id, IReadOnlyList<string> Problems);
