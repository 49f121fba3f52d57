namespace RedisAspire.Web.Live;

/// <summary>A change of the topology, with the duration of the state that it ended.</summary>
/// <param name="Change">The change.</param>
/// <param name="Lasted">How long a node was down before it came back, or how long there was no master before the new one.</param>
internal sealed record TopologyEvent(TopologyChangeResponse Change, TimeSpan? Lasted)
{
    /// <summary>Computes how long the states lasted that the changes ended. The latest comes first, of the changes and of the events.</summary>
    public static IReadOnlyList<TopologyEvent> From(IEnumerable<TopologyChangeResponse> changes)
    {
        var downSince = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        DateTimeOffset? masterlessSince = null;
        var events = new List<TopologyEvent>();
        foreach (var change in changes.Reverse())
        {
            DateTimeOffset? since = null;
            switch (change)
            {
                case { Change: "down", Node: { } node }:
                    downSince[node] = change.Time;
                    break;
                case { Change: "up", Node: { } node }:
                    since = DownSince(node);
                    downSince.Remove(node);
                    break;
                case { Change: "master", Node: null }:
                    // The outage began when the master went down, which may have been reported a little earlier.
                    masterlessSince = DownSince(change.Before) ?? change.Time;
                    break;
                case { Change: "master" }:
                    (since, masterlessSince) = (masterlessSince ?? DownSince(change.Before), null);
                    break;
            }

            events.Add(new TopologyEvent(change, change.Time - since));
        }

        events.Reverse();
        return events;

        DateTimeOffset? DownSince(string? node) => node is not null && downSince.TryGetValue(node, out var time) ? time : null;
    }
}
