namespace RedisAspire.CoherenceWorker;

/// <summary>What a worker receives on its command line, as JSON. The nodes are connection strings in its environment.</summary>
/// <param name="Worker">Its number, from 0.</param>
/// <param name="Workers">How many there are.</param>
/// <param name="Keys">How many keys there are.</param>
/// <param name="Seed">What its choices start from.</param>
internal sealed record WorkerSettings(int Worker, int Workers, int Keys, int Seed)
{
    /// <summary>The tasks that write.</summary>
    public int Writers { get; init; } = 4;

    /// <summary>The tasks that read all the time.</summary>
    public int Readers { get; init; } = 4;

    public Breakage Breakage { get; init; }

    public static string NameOf(int key) => $"coherence-{key}";

    /// <summary>Where the truth is that a missing value is made from.</summary>
    public static string SourceOf(int key) => $"app:coherence:source:{key}";

    /// <summary>Whether this worker writes a key: each writes its own, and those that all write.</summary>
    public bool Writes(int key) => key % (Workers + 1) is var owner && (owner == Worker || owner == Workers);

    /// <summary>The task of this worker that alone writes a key.</summary>
    public int WriterOf(int key) => key / (Workers + 1) % Writers;
}
