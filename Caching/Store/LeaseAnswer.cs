using System.Runtime.InteropServices;

namespace RedisAspire.Caching.Store;

/// <summary>The state of the lease on a missing key.</summary>
internal enum LeaseState
{
    /// <summary>The master did not answer: each process calls its own source, and stores nothing.</summary>
    Unavailable,

    /// <summary>This process has taken the lease and fills the key.</summary>
    Taken,

    /// <summary>Another process has the lease and fills the key.</summary>
    Held,

    /// <summary>The key has been filled meanwhile, so no lease is needed.</summary>
    Filled,
}

/// <summary>The master's answer to a request for a lease.</summary>
/// <param name="State">The state of the lease.</param>
/// <param name="Entry">The value, if the state is <see cref="LeaseState.Filled"/>.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct LeaseAnswer(LeaseState State, StoredEntry Entry)
{
    public static LeaseAnswer Unavailable => new(LeaseState.Unavailable, StoredEntry.Unavailable);
}
