namespace RedisAspire.CoherenceWorker;

/// <summary>How the cache under test is broken on purpose, to show that the test would notice.</summary>
internal enum Breakage
{
    /// <summary>It is not.</summary>
    None,

    /// <summary>What Redis tells about changes is not heeded.</summary>
    IgnoresInvalidations,

    /// <summary>What the process writes itself is not taken note of.</summary>
    ForgetsOwnWrites,
}
