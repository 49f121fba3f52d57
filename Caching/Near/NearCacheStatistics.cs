using System.Runtime.InteropServices;

namespace RedisAspire.Caching.Near;

/// <summary>What a <see cref="NearCache"/> holds, and what it has let go since it was made.</summary>
/// <param name="Entries">The entries held, those included that have expired and were not yet reclaimed.</param>
/// <param name="Bytes">The bytes they count for.</param>
/// <param name="CapacityEvictions">Entries that made room for others.</param>
/// <param name="Expirations">Entries reclaimed after their time.</param>
/// <param name="Invalidations">Invalidations that took away an entry or voided a fill in flight.</param>
/// <param name="Flushes">How often everything was let go at once.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct NearCacheStatistics(
    int Entries, long Bytes, long CapacityEvictions, long Expirations, long Invalidations, long Flushes);
