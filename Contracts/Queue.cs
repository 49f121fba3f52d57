namespace RedisAspire.Contracts;

/// <summary>The answer of <c>GET /api/queue</c>.</summary>
/// <param name="Node">The Redis node that answered: the master.</param>
/// <param name="Length">How many jobs are not done.</param>
/// <param name="Pending">How many of them have been given to a consumer.</param>
/// <param name="Processed">How many have been done since the queue has existed.</param>
/// <param name="Retried">How often a job was taken over since then.</param>
/// <param name="Dead">How many were put aside and are still kept.</param>
/// <param name="Consumers">The instances that work on it.</param>
public sealed record QueueResponse(
    string? Node, long Length, long Pending, long Processed, long Retried, long Dead, IReadOnlyList<ConsumerResponse> Consumers);

/// <summary>A consumer of the queue.</summary>
/// <param name="Name">The instance of the API.</param>
/// <param name="Pending">How many jobs it has been given and has not acknowledged.</param>
/// <param name="IdleMs">How long ago it was last heard of, in milliseconds.</param>
public sealed record ConsumerResponse(string Name, long Pending, long IdleMs);

/// <summary>The body of <c>POST /api/queue</c>.</summary>
/// <param name="Keys">The keys to warm: 1 to 100, together at most 8,192 characters; more than 10 with the admin key only.</param>
public sealed record WarmingRequest(IReadOnlyList<string> Keys);

/// <summary>The answer of <c>POST /api/queue</c>.</summary>
/// <param name="Id">The job's id.</param>
/// <param name="Keys">How many keys it is going to warm.</param>
public sealed record QueuedResponse(string Id, int Keys);

/// <summary>The answer of <c>GET /api/queue/dead</c>.</summary>
/// <param name="Node">The Redis node that answered. A replica may be a moment behind.</param>
/// <param name="Items">The jobs, the last one first.</param>
/// <param name="Next">The cursor of the next page; <see langword="null"/> when this is the last one.</param>
public sealed record DeadJobsResponse(string Node, IReadOnlyList<DeadJobResponse> Items, string? Next);

/// <summary>A job that was put aside.</summary>
/// <param name="Id">Its id among the dead jobs.</param>
/// <param name="Job">The id it had in the queue.</param>
/// <param name="Keys">The keys that it was to warm; none when it was no job.</param>
/// <param name="Deliveries">How often it was given to a consumer.</param>
/// <param name="Reason">Why it was put aside.</param>
/// <param name="DiedAt">When that was.</param>
public sealed record DeadJobResponse(string Id, string? Job, IReadOnlyList<string> Keys, long Deliveries, string? Reason, DateTimeOffset DiedAt);

/// <summary>The answer of <c>POST /api/queue/dead/retry</c>.</summary>
/// <param name="Retried">How many jobs were put back into the queue.</param>
public sealed record RetriedResponse(long Retried);
