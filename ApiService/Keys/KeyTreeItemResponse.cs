namespace RedisAspire.ApiService.Keys;

/// <summary>A key of a level, or all keys that go on alike.</summary>
/// <param name="Name">What comes after the prefix of the level, without the separator.</param>
/// <param name="Kind"><c>key</c> or <c>prefix</c>.</param>
/// <param name="Path">The key; or the prefix of the level below, with the separator.</param>
/// <param name="Keys">How many keys: one, or those with the prefix.</param>
internal sealed record KeyTreeItemResponse(string Name, string Kind, string Path, long Keys);
