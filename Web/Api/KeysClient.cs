using Microsoft.AspNetCore.WebUtilities;

namespace RedisAspire.Web.Api;

/// <summary>
/// The keys of a Redis node; a node of null is the master. The API scans a bounded number of keys per request, so an answer
/// may be empty although there are more. A failed request throws a <see cref="CacheApiException"/>.
/// </summary>
/// <param name="api">The API.</param>
/// <param name="time">Turns times to live into moments.</param>
public sealed class KeysClient(ApiConnection api, TimeProvider time)
{
    private const string Limit = "50";

    /// <summary>Lists the next keys that match.</summary>
    /// <param name="search">The pattern and the type.</param>
    /// <param name="node">The node.</param>
    /// <param name="cursor">The cursor of the page; null for the first.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <returns>About fifty keys or fewer, and the cursor of the next page; null after the last.</returns>
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

    /// <summary>Reads the next names of a level of the tree.</summary>
    /// <param name="prefix">The prefix of all keys of the level.</param>
    /// <param name="node">The node.</param>
    /// <param name="cursor">The cursor of the page; null for the first.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <returns>The names that the scan has found so far.</returns>
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
    /// <param name="cursor">The cursor of the page; null for the first.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>The key, and when it expires; null when it never does.</returns>
    public async Task<(KeyDetailsResponse Details, DateTimeOffset? ExpiresAt)> GetValueAsync(string key, string? node, string? cursor, CancellationToken cancellationToken)
    {
        var details = await api.GetAsync<KeyDetailsResponse>(AddressOf("/value", ("key", key), ("node", node), ("cursor", cursor), ("limit", Limit)), cancellationToken);
        return (details, ExpiryAfter(details.TtlSeconds));
    }

    /// <summary>Sets the time to live of a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="seconds">The time to live.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>When the key expires.</returns>
    public async Task<DateTimeOffset?> ExpireAsync(string key, long seconds, CancellationToken cancellationToken) =>
        ExpiryAfter((await api.SendAsync<KeyResponse>(HttpMethod.Put, AddressOf("/ttl", ("key", key)), new TtlRequest(seconds), cancellationToken)).TtlSeconds);

    /// <summary>Removes the time to live of a key.</summary>
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
    /// <param name="search">The pattern and the type.</param>
    /// <param name="progress">Receives the sum so far.</param>
    /// <param name="cancellationToken">Ends the count.</param>
    /// <returns>The sum.</returns>
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

    /// <summary>Deletes the keys that match, except the application's own.</summary>
    /// <param name="search">The pattern and the type.</param>
    /// <param name="progress">Receives the progress.</param>
    /// <param name="cancellationToken">Stops the deletion; deleted keys are not restored.</param>
    /// <returns>How many keys were deleted.</returns>
    public Task<DeletedKeysResponse> DeleteAsync(KeySearch search, Action<DeletedKeysResponse> progress, CancellationToken cancellationToken) =>
        api.RunAsync<DeletedKeysResponse, DeletedKeysResponse>("api/keys/delete", new DeleteKeysRequest(search.Pattern, search.Type), progress, cancellationToken);

    private static string AddressOf(string path, params IEnumerable<(string Name, string? Value)> query) =>
        QueryHelpers.AddQueryString($"api/keys{path}", query.Select(parameter => KeyValuePair.Create(parameter.Name, parameter.Value)).Where(parameter => parameter.Value is not null));

    private DateTimeOffset? ExpiryAfter(double? seconds) => seconds is null ? null : time.GetUtcNow().AfterSeconds(seconds.Value);
}

/// <summary>A key in a list.</summary>
/// <param name="Key">The key at the time it was read.</param>
/// <param name="ExpiresAt">When the key expires; null when it never does.</param>
public sealed record TimedKey(KeyResponse Key, DateTimeOffset? ExpiresAt);

/// <summary>A search for keys.</summary>
/// <param name="Pattern">A glob pattern of Redis.</param>
/// <param name="Type">The type of the value; null for any type.</param>
public sealed record KeySearch(string Pattern, string? Type)
{
    /// <summary>All keys.</summary>
    public static KeySearch All { get; } = new("*", Type: null);
}
