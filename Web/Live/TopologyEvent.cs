namespace RedisAspire.Web.Live;

/// <summary>A change of the topology, with the duration of the state that it ended.</summary>
/// <param name="Change">The change.</param>
/// <param name="Lasted">How long a node was down before it came back, or how long there was no master before the new one.</param>
public sealed record TopologyEvent(TopologyChangeResponse Change, TimeSpan? Lasted)
{
    /// <summary>Computes how long the states lasted that the changes ended.</summary>
    /// <param name="changes">The changes, the latest first.</param>
    /// <returns>The events, the latest first.</returns>
    public static IReadOnlyList<TopologyEvent> From(IEnumerable<TopologyChangeResponse> changes)
    {
        var downSince = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        DateTimeOffset? masterlessSince = null;
        var events = new List<TopologyEvent>();
        foreach (var change in changes.Reverse())
            events.Add(new TopologyEvent(change, Lasted(change)));
        events.Reverse();
        return events;

        TimeSpan? Lasted(TopologyChangeResponse change)
        {
            var since = change switch
            {
                { Change: "down", Node: { } node } => Begin(node, change.Time),
                { Change: "up", Node: { } node } => downSince.Remove(node, out var time) ? time : null,
                { Change: "master", Node: null } => BeginMasterless(change),
                { Change: "master" } => EndMasterless(change.Before),
                _ => null,
            };
            return change.Time - since;
        }

        DateTimeOffset? Begin(string node, DateTimeOffset time)
        {
            downSince[node] = time;
            return null;
        }

        // The outage began when the master went down, which may have been reported a little earlier.
        DateTimeOffset? BeginMasterless(TopologyChangeResponse change)
        {
            masterlessSince = DownSince(change.Before) ?? change.Time;
            return null;
        }

        DateTimeOffset? EndMasterless(string? before)
        {
            var since = masterlessSince ?? DownSince(before);
            masterlessSince = null;
            return since;
        }

        DateTimeOffset? DownSince(string? node) => node is not null && downSince.TryGetValue(node, out var time) ? time : null;
    }
}
