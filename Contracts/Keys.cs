using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace RedisAspire.Contracts;

/// <summary>The answer of <c>GET /api/keys</c>.</summary>
/// <param name="Node">The node that was read.</param>
/// <param name="Items">The keys, in the node's own order. A page may be short or empty although there are more.</param>
/// <param name="Next">The cursor of the next page; none after the last.</param>
public sealed record KeyPageResponse(string Node, IReadOnlyList<KeyResponse> Items, string? Next);

/// <summary>A key.</summary>
/// <param name="Key">The key.</param>
/// <param name="Type"><c>string</c>, <c>list</c>, <c>set</c>, <c>zset</c>, <c>hash</c>, <c>stream</c>, or the type of a module.</param>
/// <param name="TtlSeconds">How long it lives, in seconds; none when it never expires.</param>
/// <param name="MemoryBytes">About how much memory it takes, estimated from one of its elements; none when the node does not support it.</param>
public sealed record KeyResponse(string Key, string Type, double? TtlSeconds, long? MemoryBytes);

/// <summary>The answer of <c>GET /api/keys/tree</c>: one level, as far as one request scans.</summary>
/// <param name="Node">The node that was read.</param>
/// <param name="Prefix">The prefix of all keys of the level.</param>
/// <param name="Items">The items of the level, by name. The counts of all answers up to the last one must be added.</param>
/// <param name="Scanned">About how many keys of the node were examined for this answer.</param>
/// <param name="KeysOnNode">How many there are.</param>
/// <param name="Complete">Whether this is the last answer.</param>
/// <param name="Next">The cursor to go on with; none when it is.</param>
public sealed record KeyTreeResponse(string Node, string Prefix, IReadOnlyList<KeyTreeItemResponse> Items, long Scanned, long KeysOnNode, bool Complete, string? Next);

/// <summary>A key of a level, or all keys that go on alike.</summary>
/// <param name="Name">Its name: the part after the prefix of the level, without the separator.</param>
/// <param name="Kind"><c>key</c> or <c>prefix</c>.</param>
/// <param name="Path">The key; or the prefix of the level below, with the separator.</param>
/// <param name="Keys">How many keys: one, or those with the prefix.</param>
public sealed record KeyTreeItemResponse(string Name, string Kind, string Path, long Keys);

/// <summary>The answer of <c>GET /api/keys/count</c>, as far as one request scans. The counts of all answers up to the last one must be added.</summary>
/// <param name="Node">The node that was read.</param>
/// <param name="Keys">How many keys were found.</param>
/// <param name="Spared">How many of them deleting by the same pattern leaves alone, because they are the application's own.</param>
/// <param name="Scanned">About how many keys of the node were examined for this answer.</param>
/// <param name="KeysOnNode">How many there are.</param>
/// <param name="Complete">Whether this is the last answer.</param>
/// <param name="Next">The cursor to go on with; none when it is.</param>
public sealed record KeyCountResponse(string Node, long Keys, long Spared, long Scanned, long KeysOnNode, bool Complete, string? Next);

/// <summary>The answer of <c>GET /api/keys/value</c>.</summary>
/// <param name="Node">The node that was read.</param>
/// <param name="Key">The key.</param>
/// <param name="Type"><c>string</c>, <c>list</c>, <c>set</c>, <c>zset</c>, <c>hash</c>, <c>stream</c>, or the type of a module.</param>
/// <param name="Encoding">How the node keeps it.</param>
/// <param name="TtlSeconds">How long it lives, in seconds; none when it never expires.</param>
/// <param name="MemoryBytes">About how much memory it takes, estimated from a few of its elements.</param>
/// <param name="IdleSeconds">How long it has not been used; none when the node does not record it. What this API reads of it is no use.</param>
/// <param name="Length">How many elements it has; the bytes of a string. None of a type that only a module knows.</param>
/// <param name="Items">Its elements, or some of them. Those of a string are consecutive parts.</param>
/// <param name="Next">The cursor of the next elements; none after the last.</param>
public sealed record KeyDetailsResponse(
    string Node,
    string Key,
    string Type,
    string? Encoding,
    double? TtlSeconds,
    long? MemoryBytes,
    long? IdleSeconds,
    long? Length,
    IReadOnlyList<ElementResponse> Items,
    string? Next);

/// <summary>An element of a value, or a part of a string. Members that the type does not have are left out.</summary>
/// <param name="Index">The place in a list; the rank in a sorted set, from the lowest score; the first byte of a part of a string.</param>
/// <param name="Id">The id of an entry of a stream.</param>
/// <param name="Field">The field of a hash.</param>
/// <param name="Value">The element.</param>
/// <param name="Score">The score in a sorted set, as Redis writes it: it may be <c>inf</c>.</param>
/// <param name="Fields">The fields of an entry of a stream.</param>
/// <param name="Tag">The tag of what a change would replace: of the value, or of the score. A change with it in <c>If-Match</c> is made to this value, or not at all.</param>
public sealed record ElementResponse(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Index = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Id = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ContentResponse? Field = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ContentResponse? Value = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Score = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<ElementResponse>? Fields = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Tag = null);

/// <summary>Bytes as a person can read them.</summary>
/// <param name="Format"><c>json</c> (an object or array), <c>text</c> (UTF-8), or <c>binary</c>.</param>
/// <param name="Data">The text, as it is; hexadecimal digits when it is binary.</param>
/// <param name="Bytes">How many bytes there are.</param>
/// <param name="Truncated">Whether <paramref name="Data"/> shows only some of them.</param>
public sealed record ContentResponse(string Format, string Data, long Bytes, bool Truncated);

/// <summary>The body of <c>PUT /api/keys/ttl</c>.</summary>
/// <param name="Seconds">How long the key is to live from now on: 1 second to ten years.</param>
public sealed record TtlRequest([property: Range(1d, 315_360_000d, ErrorMessage = "A time to live is a number of seconds from 1 to 315360000.")] long Seconds);

/// <summary>The body of <c>POST /api/keys/delete</c>.</summary>
/// <param name="Pattern">The pattern of the keys: a glob of Redis.</param>
/// <param name="Type">The type of the keys; any when not given.</param>
public sealed record DeleteKeysRequest(string Pattern, string? Type = null);

/// <summary>The progress of deleting by a pattern.</summary>
/// <param name="Deleted">How many keys were deleted.</param>
/// <param name="Spared">How many keys match but are the application's own, and the pattern does not begin with their prefix.</param>
/// <param name="Scanned">About how many keys were examined.</param>
/// <param name="KeysOnNode">How many there were at the beginning.</param>
/// <param name="ElapsedMs">How long it has taken, in milliseconds.</param>
public sealed record DeletedKeysResponse(long Deleted, long Spared, long Scanned, long KeysOnNode, long ElapsedMs);

/// <summary>Bytes as they are given: text or hexadecimal digits.</summary>
/// <param name="Text">Text, which is stored as UTF-8.</param>
/// <param name="Hex">Any bytes, as hexadecimal digits.</param>
public sealed record KeyContent(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Text = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Hex = null);

/// <summary>An element of a value as it is stored: the value of a string has one.</summary>
/// <param name="Id">The id of an entry of a stream; Redis makes one when it is not given.</param>
/// <param name="Field">The field of a hash.</param>
/// <param name="Value">The value; the member of a set or sorted set.</param>
/// <param name="Score">The score in a sorted set: a number, <c>inf</c> or <c>-inf</c>.</param>
/// <param name="Fields">The fields of an entry of a stream.</param>
public sealed record KeyElement(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Id = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] KeyContent? Field = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] KeyContent? Value = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Score = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<KeyElement>? Fields = null);

/// <summary>The body of <c>PUT /api/keys/value</c>.</summary>
/// <param name="Type"><c>string</c>, <c>list</c>, <c>set</c>, <c>zset</c>, <c>hash</c> or <c>stream</c>.</param>
/// <param name="Items">The elements; a string has one.</param>
/// <param name="TtlSeconds">How long the key is to live; as long as before when it is not given.</param>
public sealed record StoreKeyRequest(string Type, IReadOnlyList<KeyElement> Items, double? TtlSeconds = null);

/// <summary>The body of <c>POST /api/keys/elements</c>.</summary>
/// <param name="Type">The type that the value has.</param>
/// <param name="Action"><c>set</c> to add or replace, or <c>remove</c>.</param>
/// <param name="Element">The element.</param>
/// <param name="Position">Of a list: the index to replace or remove, or <c>head</c> or <c>tail</c> to add.</param>
public sealed record ChangeElementRequest(string Type, string Action, KeyElement Element, string? Position = null);

/// <summary>The body of <c>POST /api/keys/rename</c> and <c>POST /api/keys/copy</c>.</summary>
/// <param name="To">The new name, or the name of the copy.</param>
public sealed record NameKeyRequest(string To);

/// <summary>The answer of <c>GET /api/keys/memory</c>: what takes how much memory, from a sample of the keys.</summary>
/// <param name="Node">The node that was read.</param>
/// <param name="Prefix">The prefix of all keys that were counted.</param>
/// <param name="Items">The items of the level below, the largest first.</param>
/// <param name="Keys">How many keys with the prefix were measured.</param>
/// <param name="Scanned">About how many keys of the node were examined.</param>
/// <param name="KeysOnNode">How many there are.</param>
/// <param name="Complete">Whether all keys were examined. The figures of the items are estimated otherwise.</param>
public sealed record KeyMemoryResponse(string Node, string Prefix, IReadOnlyList<KeyMemoryItemResponse> Items, long Keys, long Scanned, long KeysOnNode, bool Complete);

/// <summary>A key of a level, or all keys that go on alike.</summary>
/// <param name="Name">Its name: the part after the prefix of the level, without the separator.</param>
/// <param name="Kind"><c>key</c> or <c>prefix</c>.</param>
/// <param name="Path">The key; or the prefix of the level below, with the separator.</param>
/// <param name="Keys">About how many keys.</param>
/// <param name="MemoryBytes">About how much memory they take.</param>
/// <param name="Share">Their share of the memory of all that were measured, from 0 to 1.</param>
public sealed record KeyMemoryItemResponse(string Name, string Kind, string Path, long Keys, long MemoryBytes, double Share);

/// <summary>Keys with their values: the answer of <c>GET /api/keys/export</c>, and the body of <c>POST /api/keys/import</c>.</summary>
/// <param name="Keys">The keys.</param>
/// <param name="Skipped">The keys that match but are not exported: those of modules, and the application's own.</param>
public sealed record KeyExport(IReadOnlyList<ExportedKey> Keys, IReadOnlyList<string>? Skipped = null);

/// <summary>A key with its value.</summary>
/// <param name="Key">The key.</param>
/// <param name="Type"><c>string</c>, <c>list</c>, <c>set</c>, <c>zset</c>, <c>hash</c> or <c>stream</c>.</param>
/// <param name="Items">The elements; a string has one.</param>
/// <param name="TtlSeconds">How long it lives, in seconds; none when it never expires.</param>
public sealed record ExportedKey(string Key, string Type, IReadOnlyList<KeyElement> Items, double? TtlSeconds = null);

/// <summary>The answer of <c>POST /api/keys/import</c>.</summary>
/// <param name="Created">How many keys were created, or would be.</param>
/// <param name="Existing">The keys that there were already. They were overwritten if that was asked for, and left alone otherwise.</param>
/// <param name="Written">How many keys were written; none when it was only checked.</param>
public sealed record ImportedKeysResponse(long Created, IReadOnlyList<string> Existing, long Written);
