using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;

namespace RedisAspire.Web.Api;

/// <summary>
/// The keys of a Redis node; a node of null is the master. The API scans a bounded number of keys per request, so an answer
/// may be empty although there are more. A failed request throws a <see cref="CacheApiException"/>.
/// </summary>
internal sealed class KeysClient(ApiConnection api, TimeProvider time)
{
    private const string Limit = "50";

    // As many as the API lists at once: what is sorted should be most of what there is.
    private const string SortedLimit = "1000";

    /// <summary>Lists about fifty keys that match, or a thousand if they are to be sorted, and the cursor of the next ones; null after the last.</summary>
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

    /// <summary>Reads the names of a level of the tree that the scan finds next.</summary>
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

    /// <summary>Reads a key, the part of its value at the cursor, and when the key expires.</summary>
    public async Task<(KeyDetailsResponse Details, DateTimeOffset? ExpiresAt)> GetValueAsync(string key, string? node, string? cursor, CancellationToken cancellationToken)
    {
        var details = await api.GetAsync<KeyDetailsResponse>(AddressOf("/value", ("key", key), ("node", node), ("cursor", cursor), ("limit", Limit)), cancellationToken);
        return (details, ExpiryAfter(details.TtlSeconds));
    }

    public async Task<DateTimeOffset?> ExpireAsync(string key, long seconds, CancellationToken cancellationToken) =>
        ExpiryAfter((await api.SendAsync<KeyResponse>(HttpMethod.Put, AddressOf("/ttl", ("key", key)), new TtlRequest(seconds), cancellationToken)).TtlSeconds);

    public Task PersistAsync(string key, CancellationToken cancellationToken) =>
        api.SendAsync(HttpMethod.Delete, AddressOf("/ttl", ("key", key)), body: null, cancellationToken);

    public Task DeleteAsync(string key, CancellationToken cancellationToken) =>
        api.SendAsync(HttpMethod.Delete, AddressOf("/value", ("key", key)), body: null, cancellationToken);

    /// <summary>Counts the keys that match on the master, and reports the sum so far.</summary>
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

    /// <summary>Deletes the keys that match, except the application's own. A cancellation restores none of them.</summary>
    public Task<DeletedKeysResponse> DeleteAsync(KeySearch search, Action<DeletedKeysResponse> progress, CancellationToken cancellationToken) =>
        api.RunAsync<DeletedKeysResponse, DeletedKeysResponse>("api/keys/delete", new DeleteKeysRequest(search.Pattern, search.Type), progress, cancellationToken);

    public Task CreateAsync(string key, StoreKeyRequest value, CancellationToken cancellationToken) =>
        api.SendAsync(HttpMethod.Put, AddressOf("/value", ("key", key)), value, cancellationToken, ("If-None-Match", "*"));

    /// <summary>Replaces the value of a string: one with the tag, or any without a tag.</summary>
    public Task ReplaceAsync(string key, StoreKeyRequest value, string? tag, CancellationToken cancellationToken) =>
        api.SendAsync(HttpMethod.Put, AddressOf("/value", ("key", key)), value, cancellationToken, ("If-Match", Quoted(tag)));

    /// <summary>Replaces or removes the element with the tag, or adds one that there is not yet if the tag is null.</summary>
    public Task ChangeElementAsync(string key, ChangeElementRequest change, string? tag, CancellationToken cancellationToken) =>
        api.SendAsync(HttpMethod.Post, AddressOf("/elements", ("key", key)), change, cancellationToken, tag is null ? ("If-None-Match", "*") : ("If-Match", Quoted(tag)));

    public Task RenameAsync(string key, string to, CancellationToken cancellationToken) =>
        api.SendAsync(HttpMethod.Post, AddressOf("/rename", ("key", key)), new NameKeyRequest(to), cancellationToken);

    public Task CopyAsync(string key, string to, CancellationToken cancellationToken) =>
        api.SendAsync(HttpMethod.Post, AddressOf("/copy", ("key", key)), new NameKeyRequest(to), cancellationToken);

    /// <summary>Estimates which items below a prefix take how much memory, the largest first; on a replica if the node is null.</summary>
    public Task<KeyMemoryResponse> GetMemoryAsync(string prefix, string? node, CancellationToken cancellationToken) =>
        api.GetAsync<KeyMemoryResponse>(AddressOf("/memory", ("prefix", prefix), ("node", node)), cancellationToken);

    public Task<KeyExport> ExportAsync(KeySearch search, string? node, CancellationToken cancellationToken) =>
        api.GetAsync<KeyExport>(AddressOf("/export", ("pattern", search.Pattern), ("type", search.Type), ("node", node)), cancellationToken);

    /// <summary>Writes exported keys, or only checks what that would do.</summary>
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
    internal static KeySearch All { get; } = new("*", Type: null);
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
