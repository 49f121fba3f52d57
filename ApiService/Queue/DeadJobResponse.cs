using System.Globalization;
using RedisAspire.ApiService.Storage;

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
    public static DeadJobResponse Of(StreamItem entry) => new(
        entry.Id,
        entry.Fields.GetValueOrDefault("job"),
        JobQueue.ReadKeys(entry) ?? [],
        long.TryParse(entry.Fields.GetValueOrDefault("deliveries"), CultureInfo.InvariantCulture, out var deliveries) ? deliveries : 0,
        entry.Fields.GetValueOrDefault("reason"),
        entry.AddedAt);
}
