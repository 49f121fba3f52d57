namespace RedisAspire.Web.Api.Keys;

/// <summary>A key of a level of the tree, or all keys that go on alike.</summary>
/// <param name="Name">What comes after the prefix of the level.</param>
/// <param name="Kind"><c>key</c> or <c>prefix</c>.</param>
/// <param name="Path">The key; or the prefix of the level below.</param>
/// <param name="Keys">How many keys: one, or those with the prefix.</param>
public sealed record KeyTreeItemResponse(string Name, string Kind, string Path, long Keys)
{
    /// <summary>Whether there is a level below.</summary>
    public bool IsPrefix => Kind == "prefix";
}
