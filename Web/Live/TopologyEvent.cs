namespace RedisAspire.Web.Live;

/// <summary>Something that happened to the nodes, with how long it took to come about.</summary>
/// <param name="Change">What happened.</param>
/// <param name="Lasted">How long the node was down that is up again, or how long there was no master before the new one.</param>
public sealed record TopologyEvent(TopologyChangeResponse Change, TimeSpan? Lasted)
{
    /// <summary>Finds out how long what the changes ended had lasted.</summary>
    /// <param name="changes">The changes, the latest first.</param>
    /// <returns>The same, the latest first.</returns>
    public static IReadOnlyList<TopologyEvent> Tell(IEnumerable<TopologyChangeResponse> changes)
    {
        var downSince = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        DateTimeOffset? masterlessSince = null;
        var told = new List<TopologyEvent>();
        foreach (var change in changes.Reverse())
            told.Add(new TopologyEvent(change, Lasted(change)));
        told.Reverse();
        return told;

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

        // It was lost when it went down, which may have been seen a little earlier.
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
