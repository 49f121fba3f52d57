using System.Text.Json;
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

    // As many as the API lists at once: what is sorted should be most of what there is.
    private const string SortedLimit = "1000";

    /// <summary>Lists the next keys that match.</summary>
    /// <param name="search">The pattern and the type.</param>
    /// <param name="node">The node.</param>
    /// <param name="cursor">The cursor of the page; null for the first.</param>
    /// <param name="isSorted">Whether the keys are to be sorted, so that many are listed at once.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <returns>About fifty keys, or a thousand, or fewer; and the cursor of the next page; null after the last.</returns>
    public async Task<(IReadOnlyList<TimedKey> Items, string? Next)> ListAsync(KeySearch search, string? node, string? cursor, bool isSorted, CancellationToken cancellationToken)
    {
        KeyPageResponse page;
        do
        {
            page = await api.GetAsync<KeyPageResponse>(
                AddressOf("", ("pattern", search.Pattern), ("type", search.Type), ("node", node), ("cursor", cursor), ("limit", isSorted ? SortedLimit : Limit)), cancellationToken);
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

    /// <summary>Creates a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">Its value.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    public Task CreateAsync(string key, StoreKeyRequest value, CancellationToken cancellationToken) =>
        api.SendAsync(HttpMethod.Put, AddressOf("/value", ("key", key)), value, cancellationToken, ("If-None-Match", "*"));

    /// <summary>Replaces the value of a string.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The new value.</param>
    /// <param name="tag">The tag of the value that is replaced, or nothing.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    public Task ReplaceAsync(string key, StoreKeyRequest value, string? tag, CancellationToken cancellationToken) =>
        api.SendAsync(HttpMethod.Put, AddressOf("/value", ("key", key)), value, cancellationToken, ("If-Match", Quoted(tag)));

    /// <summary>Adds, replaces or removes an element of a value.</summary>
    /// <param name="key">The key.</param>
    /// <param name="change">The change.</param>
    /// <param name="tag">The tag of the element that is replaced or removed, or nothing; null to add one that there is not yet.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    public Task ChangeElementAsync(string key, ChangeElementRequest change, string? tag, CancellationToken cancellationToken) =>
        api.SendAsync(HttpMethod.Post, AddressOf("/elements", ("key", key)), change, cancellationToken, tag is null ? ("If-None-Match", "*") : ("If-Match", Quoted(tag)));

    /// <summary>Gives a key another name.</summary>
    /// <param name="key">The key.</param>
    /// <param name="to">The new name.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    public Task RenameAsync(string key, string to, CancellationToken cancellationToken) =>
        api.SendAsync(HttpMethod.Post, AddressOf("/rename", ("key", key)), new NameKeyRequest(to), cancellationToken);

    /// <summary>Copies a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="to">The name of the copy.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    public Task CopyAsync(string key, string to, CancellationToken cancellationToken) =>
        api.SendAsync(HttpMethod.Post, AddressOf("/copy", ("key", key)), new NameKeyRequest(to), cancellationToken);

    /// <summary>Estimates which prefixes take how much memory.</summary>
    /// <param name="prefix">The prefix of all keys.</param>
    /// <param name="node">The node; a replica if it is null.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>The items below the prefix, the largest first.</returns>
    public Task<KeyMemoryResponse> GetMemoryAsync(string prefix, string? node, CancellationToken cancellationToken) =>
        api.GetAsync<KeyMemoryResponse>(AddressOf("/memory", ("prefix", prefix), ("node", node)), cancellationToken);

    /// <summary>Reads all keys that match with their values.</summary>
    /// <param name="search">The pattern and the type.</param>
    /// <param name="node">The node.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>The keys.</returns>
    public Task<KeyExport> ExportAsync(KeySearch search, string? node, CancellationToken cancellationToken) =>
        api.GetAsync<KeyExport>(AddressOf("/export", ("pattern", search.Pattern), ("type", search.Type), ("node", node)), cancellationToken);

    /// <summary>Writes exported keys, or finds out what that would do.</summary>
    /// <param name="export">The keys.</param>
    /// <param name="isCheck">Whether nothing is written.</param>
    /// <param name="overwrites">Whether keys that there are already are replaced.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>What was done, or would be.</returns>
    public Task<ImportedKeysResponse> ImportAsync(JsonElement export, bool isCheck, bool overwrites, CancellationToken cancellationToken) =>
        api.SendAsync<ImportedKeysResponse>(HttpMethod.Post, AddressOf("/import", ("check", isCheck ? "true" : "false"), ("overwrite", overwrites ? "true" : "false")), export, cancellationToken);

    private static string Quoted(string? tag) => tag is null ? "*" : $"\"{tag}\"";

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

/// <summary>The order of the keys in a list.</summary>
public enum KeyOrder
{
    /// <summary>As they were found.</summary>
    Found,

    /// <summary>By their names.</summary>
    Name,

    /// <summary>The largest first.</summary>
    Size,

    /// <summary>Those that expire first; those that never do are the last.</summary>
    Expiry,
}
