using System.Runtime.InteropServices;

namespace RedisAspire.Caching.Coherence;

/// <summary>What became of a write.</summary>
/// <param name="IsReached">Whether the master answered.</param>
/// <param name="IsDone">Whether it did what was asked.</param>
/// <param name="Offset">The master's replication offset, past the write; <see langword="null"/> where there are no replicas.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct WriteResult(bool IsReached, bool IsDone, long? Offset)
{
    public static WriteResult NotReached => default;
}
