namespace RedisAspire.Standalone;

/// <summary>What to start, as given on the command line.</summary>
internal sealed record LaunchOptions
{
    /// <summary>The port of the web page; the next free one if it is busy, any if 0.</summary>
    public int WebPort { get; init; } = 5000;

    /// <summary>Whether the web page is started.</summary>
    public bool HasWeb { get; init; } = true;

    /// <summary>How many API instances to start.</summary>
    public int ApiInstances { get; init; } = 1;

    /// <summary>The port of the first API instance; the others take the ones after it. Any if 0.</summary>
    public int ApiPort { get; init; } = 5001;

    /// <summary>The port of the Redis master; replicas take the ones after it. Any if 0.</summary>
    public int RedisPort { get; init; } = 6379;

    /// <summary>How many Redis replicas to start.</summary>
    public int Replicas { get; init; } = 3;

    /// <summary>How many sentinels watch the Redis nodes; none if 0.</summary>
    public int Sentinels { get; init; } = 3;

    /// <summary>The port of the first sentinel; the others take the ones after it. Any if 0.</summary>
    public int SentinelPort { get; init; } = 26379;

    /// <summary>The password of the services at every Redis node and sentinel; a random one if none is given.</summary>
    public string? RedisPassword { get; init; }

    /// <summary>What a request must carry that stops nodes or changes their roles; a random one if none is given.</summary>
    public string? AdminKey { get; init; }

    /// <summary>Where Redis keeps its data; a directory of the user's own if none is given.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>More environment variables for the API, for example <c>Cache__Expiration</c>.</summary>
    public IReadOnlyDictionary<string, string> ApiEnvironment { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
}
