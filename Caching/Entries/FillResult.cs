using System.Runtime.InteropServices;

namespace RedisAspire.Caching.Entries;

/// <summary>What one caller found out for all that wait with it.</summary>
/// <param name="Lookup">The value and its story.</param>
/// <param name="Bytes">The serialized value, from which others make objects of their own; <see langword="null"/> where there is none.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct FillResult<T>(CacheLookup<T> Lookup, ReadOnlyMemory<byte>? Bytes);
