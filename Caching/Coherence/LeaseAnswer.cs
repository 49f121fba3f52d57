using System.Runtime.InteropServices;

namespace RedisAspire.Caching.Coherence;

/// <summary>What the master said to somebody who wants to fill a key.</summary>
/// <param name="State">Who fills it.</param>
/// <param name="Entry">The value, if it is <see cref="LeaseState.Filled"/>.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct LeaseAnswer(LeaseState State, StoredEntry Entry)
{
    public static LeaseAnswer Unavailable => new(LeaseState.Unavailable, StoredEntry.Unavailable);
}
