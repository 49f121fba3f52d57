using Microsoft.AspNetCore.WebUtilities;

namespace RedisAspire.Web.Api;

/// <summary>
/// What is in Redis, key by key. A node that is not named is the master. Every request looks at a bounded number of
/// keys, so that answers may be empty though there is more. What fails throws a <see cref="CacheApiException"/>.
/// </summary>
/// <param name="api">The API.</param>
/// <param name="time">Knows when keys expire.</param>
public sealed class KeysClient(ApiConnection api, TimeProvider time)
{
    private const string Limit = "50";

    /// <summary>Lists keys: the next ones that match, or none after the last.</summary>
    /// <param name="search">Which keys.</param>
    /// <param name="node">The node.</param>
    /// <param name="cursor">Where to go on.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <returns>About fifty keys, or fewer, and where to go on.</returns>
    public async Task<(IReadOnlyList<TimedKey> Items, string? Next)> ListAsync(KeySearch search, string? node, string? cursor, CancellationToken cancellationToken)
    {
        KeyPageResponse page;
        do
        {
            page = await api.GetAsync<KeyPageResponse>(
                AddressOf("", ("pattern", search.Pattern), ("type", search.Type), ("node", node), ("cursor", cursor), ("limit", Limit)), cancellationToken);
            cursor = page.Next;
        }
        while (page.Items.Count == 0 && cursor is not null);

        return ([.. page.Items.Select(key => new TimedKey(key, ExpiryAfter(key.TtlSeconds)))], page.Next);
    }

    /// <summary>Shows a level of the tree: the next names.</summary>
    /// <param name="prefix">What all keys of the level begin with.</param>
    /// <param name="node">The node.</param>
    /// <param name="cursor">Where to go on.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <returns>What there is, as far as was looked.</returns>
    public async Task<KeyTreeResponse> GetLevelAsync(string prefix, string? node, string? cursor, CancellationToken cancellationToken)
    {
        KeyTreeResponse level;
        var scanned = 0L;
        do
        {
            level = await api.GetAsync<KeyTreeResponse>(AddressOf("/tree", ("prefix", prefix), ("node", node), ("cursor", cursor), ("limit", Limit)), cancellationToken);
            scanned += level.Scanned;
            cursor = level.Next;
        }
        while (level.Items.Count == 0 && cursor is not null);

        return level with { Scanned = scanned };
    }

    /// <summary>Reads a key, and a part of its value.</summary>
    /// <param name="key">The key.</param>
    /// <param name="node">The node.</param>
    /// <param name="cursor">Where to go on.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>The key, and when it expires; nothing when it never does.</returns>
    public async Task<(KeyDetailsResponse Details, DateTimeOffset? ExpiresAt)> GetValueAsync(string key, string? node, string? cursor, CancellationToken cancellationToken)
    {
        var details = await api.GetAsync<KeyDetailsResponse>(AddressOf("/value", ("key", key), ("node", node), ("cursor", cursor), ("limit", Limit)), cancellationToken);
        return (details, ExpiryAfter(details.TtlSeconds));
    }

    /// <summary>Lets a key expire.</summary>
    /// <param name="key">The key.</param>
    /// <param name="seconds">How long it is to live.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>When it expires now.</returns>
    public async Task<DateTimeOffset?> ExpireAsync(string key, long seconds, CancellationToken cancellationToken) =>
        ExpiryAfter((await api.SendAsync<KeyResponse>(HttpMethod.Put, AddressOf("/ttl", ("key", key)), new TtlRequest(seconds), cancellationToken)).TtlSeconds);

    /// <summary>Lets a key never expire.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    public Task PersistAsync(string key, CancellationToken cancellationToken) =>
        api.SendAsync(HttpMethod.Delete, AddressOf("/ttl", ("key", key)), body: null, cancellationToken);

    /// <summary>Deletes a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    public Task DeleteAsync(string key, CancellationToken cancellationToken) =>
        api.SendAsync(HttpMethod.Delete, AddressOf("/value", ("key", key)), body: null, cancellationToken);

    /// <summary>Counts the keys that match on the master.</summary>
    /// <param name="search">Which keys.</param>
    /// <param name="progress">Is told what was found so far.</param>
    /// <param name="cancellationToken">Ends the count.</param>
    /// <returns>All of them.</returns>
    public async Task<KeyCountResponse> CountAsync(KeySearch search, Action<KeyCountResponse> progress, CancellationToken cancellationToken)
    {
        var sum = new KeyCountResponse(Node: "", Keys: 0, Spared: 0, Scanned: 0, KeysOnNode: 0, Complete: false, Next: null);
        do
        {
            var part = await api.GetAsync<KeyCountResponse>(AddressOf("/count", ("pattern", search.Pattern), ("type", search.Type), ("cursor", sum.Next)), cancellationToken);
            sum = part with { Keys = sum.Keys + part.Keys, Spared = sum.Spared + part.Spared, Scanned = sum.Scanned + part.Scanned };
            progress(sum);
        }
        while (sum.Next is not null);

        return sum;
    }

    /// <summary>Deletes the keys that match, but the application's own.</summary>
    /// <param name="search">Which keys.</param>
    /// <param name="progress">Is told how far it is.</param>
    /// <param name="cancellationToken">Stops it; what is deleted remains deleted.</param>
    /// <returns>What was deleted.</returns>
    public Task<DeletedKeysResponse> DeleteAsync(KeySearch search, Action<DeletedKeysResponse> progress, CancellationToken cancellationToken) =>
        api.RunAsync<DeletedKeysResponse, DeletedKeysResponse>("api/keys/delete", new DeleteKeysRequest(search.Pattern, search.Type), progress, cancellationToken);

    private static string AddressOf(string path, params IEnumerable<(string Name, string? Value)> query) =>
        QueryHelpers.AddQueryString($"api/keys{path}", query.Select(parameter => KeyValuePair.Create(parameter.Name, parameter.Value)).Where(parameter => parameter.Value is not null));

    private DateTimeOffset? ExpiryAfter(double? seconds) => seconds is null ? null : time.GetUtcNow().AfterSeconds(seconds.Value);
}

/// <summary>A key in a list.</summary>
/// <param name="Key">The key as it was when it was read.</param>
/// <param name="ExpiresAt">When it expires; nothing when it never does.</param>
public sealed record TimedKey(KeyResponse Key, DateTimeOffset? ExpiresAt);

/// <summary>Which keys are wanted.</summary>
/// <param name="Pattern">A glob of Redis.</param>
/// <param name="Type">The type of the value; any if nothing is said.</param>
public sealed record KeySearch(string Pattern, string? Type)
{
    /// <summary>All keys.</summary>
    public static KeySearch All { get; } = new("*", Type: null);
}
