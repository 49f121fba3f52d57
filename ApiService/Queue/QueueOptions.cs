namespace RedisAspire.ApiService.Queue;

/// <summary>How jobs are queued and done (<c>Queue</c> in the configuration).</summary>
internal sealed class QueueOptions
{
    /// <summary>How often an idle instance looks for jobs that others have queued; its own wake it at once. One second by default.</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How often an instance looks for abandoned jobs, and says that it is here. Five seconds by default.</summary>
    public TimeSpan TakeOverInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a job may take; one that takes longer has failed. 45 seconds by default.</summary>
    public TimeSpan JobTimeout { get; set; } = TimeSpan.FromSeconds(45);

    /// <summary>
    /// When a job that was not acknowledged counts as abandoned, because it failed or its consumer is gone, and any
    /// instance may take it over. Longer than <see cref="JobTimeout"/>. One minute by default.
    /// </summary>
    public TimeSpan AbandonedAfter { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>When a consumer that has nothing to do and has not been heard of is forgotten. Ten minutes by default.</summary>
    public TimeSpan ForgetConsumersAfter { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How often a job is delivered before it is put aside. Three times by default.</summary>
    public int MaximumDeliveries { get; set; } = 3;

    /// <summary>How many jobs may be in the queue; more are refused. 1,000 by default.</summary>
    public int MaximumJobs { get; set; } = 1_000;

    /// <summary>About how many dead jobs are kept; the oldest ones are dropped. 1,000 by default.</summary>
    public int MaximumDead { get; set; } = 1_000;

    /// <summary>How many jobs an instance does at once. Four by default.</summary>
    public int JobsAtOnce { get; set; } = 4;

    /// <summary>How many keys of a job are warmed at once. 16 by default.</summary>
    public int KeysAtOnce { get; set; } = 16;

    /// <summary>Whether the values make sense.</summary>
    public bool IsValid =>
        PollInterval > TimeSpan.Zero && TakeOverInterval > TimeSpan.Zero && JobTimeout > TimeSpan.Zero
        && AbandonedAfter > JobTimeout && ForgetConsumersAfter > TakeOverInterval
        && MaximumDeliveries > 0 && MaximumJobs > 0 && MaximumDead > 0 && JobsAtOnce > 0 && KeysAtOnce > 0;
}
