using System.Net.ServerSentEvents;
using System.Text.Json;
using RedisAspire.Contracts;
using RedisAspire.Web.Live;

namespace RedisAspire.Tests.Web;

/// <summary>The changes of the topology, when the page follows one instance of the API after another.</summary>
public sealed class LiveChangesTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 14, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public void What_another_instance_has_seen_as_well_is_there_once()
    {
        var one = LiveSnapshot.None.Apply(Changes(Up(0, "a"), Up(0.1, "b"), Down(60, "a")), Start, isOpening: true);
        var other = one.Apply(Changes(Up(0.4, "a"), Up(0.4, "b"), Down(60.3, "a")), Start, isOpening: true);

        Assert.Equal(["down a", "up b", "up a"], Words(other));
        Assert.Equal(["up a", "down a", "up b", "up a"], Words(other.Apply(Changes(Up(70, "a")), Start)));
    }

    [Fact]
    public void What_was_before_another_instance_started_is_still_there()
    {
        var one = LiveSnapshot.None.Apply(Changes(Up(0, "a"), Down(60, "a"), Up(62, "a")), Start, isOpening: true);

        Assert.Equal(["up a", "up a", "down a", "up a"], Words(one.Apply(Changes(Up(100, "a")), Start, isOpening: true)));
        Assert.Equal(["up a", "down a", "up a"], Words(one.Apply(Changes(), Start, isOpening: true)));
    }

    private static IEnumerable<string> Words(LiveSnapshot snapshot) => snapshot.Changes.Select(change => $"{change.Change} {change.Node}");

    private static SseItem<string> Changes(params TopologyChangeResponse[] changes) => new(JsonSerializer.Serialize(changes, JsonSerializerOptions.Web), "topology");

    private static TopologyChangeResponse Up(double second, string node) => new(0, Start.AddSeconds(second), "up", node, "replica", null, null);

    private static TopologyChangeResponse Down(double second, string node) => new(0, Start.AddSeconds(second), "down", node, "replica", null, "gone");
}
