using System.Globalization;
using StackExchange.Redis;

namespace RedisAspire.ApiService.Queue;

/// <summary>A job that was put aside.</summary>
/// <param name="Id">What it is known by among the dead.</param>
/// <param name="Job">The id it had in the queue.</param>
/// <param name="Keys">The keys that it was to warm; none when it was no job.</param>
/// <param name="Deliveries">How often it was given to a consumer.</param>
/// <param name="Reason">Why it was put aside.</param>
/// <param name="DiedAt">When that was.</param>
internal sealed record DeadJobResponse(string Id, string? Job, IReadOnlyList<string> Keys, long Deliveries, string? Reason, DateTimeOffset DiedAt)
{
    public static DeadJobResponse Of(StreamEntry entry) => new(
        entry.Id.ToString(),
        entry["job"],
        JobQueue.ReadKeys(entry) ?? [],
        entry["deliveries"].TryParse(out long deliveries) ? deliveries : 0,
        entry["reason"],
        TimeIn(entry.Id.ToString()));

    // Whoever adds an entry may give it any id: there are numbers that are no time.
    private static DateTimeOffset TimeIn(string id) =>
        long.TryParse(id.Split('-')[0], CultureInfo.InvariantCulture, out var milliseconds) && milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
            : DateTimeOffset.UnixEpoch;
}
