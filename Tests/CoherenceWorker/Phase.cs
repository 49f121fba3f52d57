namespace RedisAspire.CoherenceWorker;

/// <summary>What all workers do at a time. Kept under <see cref="Key"/> at the master by the test.</summary>
internal static class Phase
{
    public const string Key = "app:coherence:phase";

    /// <summary>Reading and writing.</summary>
    public const string Run = "run";

    /// <summary>Nobody writes; the last pushes are on their way.</summary>
    public const string Stop = "stop";

    /// <summary>Every key is compared with the master.</summary>
    public const string Check = "check";

    /// <summary>What happened to the keys in <see cref="SuspectKeys"/> is reported.</summary>
    public const string Explain = "explain";

    /// <summary>A set of the keys that anybody found a violation of.</summary>
    public const string SuspectKeys = "app:coherence:suspects";
}
