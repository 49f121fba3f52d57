using StackExchange.Redis;

namespace RedisAspire.ApiService.Queue;

/// <summary>
/// What the queue's keys in Redis are called. Instances of different versions share them while an upgrade is under way:
/// jobs of a form that earlier versions cannot read need another name, or those put them aside.
/// </summary>
internal static class QueueNames
{
    /// <summary>The stream of jobs that are not done: whoever has done one removes it.</summary>
    public static readonly RedisKey Jobs = "app:queue:jobs";

    /// <summary>The stream of jobs that were put aside.</summary>
    public static readonly RedisKey Dead = "app:queue:dead";

    /// <summary>A hash with the numbers of jobs that were processed, retried and put aside.</summary>
    public static readonly RedisKey Totals = "app:queue:totals";

    /// <summary>The consumer group; every instance is a consumer in it.</summary>
    public const string Group = "warmers";
}
