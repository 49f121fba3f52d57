using System.Runtime.InteropServices;

namespace RedisAspire.Caching.Coherence;

/// <summary>What the master said to somebody who wants to fill a key.</summary>
/// <param name="State">Who fills it.</param>
/// <param name="Entry">The value, if it is <see cref="LeaseState.Filled"/>.</param>
/// <param name="Holder">
/// The lease of the one who fills it, if it is <see cref="LeaseState.Held"/>; the one that ours took the place of, if it
/// is <see cref="LeaseState.Taken"/> and there was one.
/// </param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct LeaseAnswer(LeaseState State, StoredEntry Entry, string? Holder)
{
    public static LeaseAnswer Unavailable => new(LeaseState.Unavailable, StoredEntry.Unavailable, Holder: null);
}
