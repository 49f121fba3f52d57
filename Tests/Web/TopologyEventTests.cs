using RedisAspire.Contracts;
using RedisAspire.Web.Live;

namespace RedisAspire.Tests.Web;

public sealed class TopologyEventTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_node_that_is_up_again_was_down_since_it_was_last_seen_to_be() =>
        Assert.Equal([null, null, 3.5, null, 2], LastedAfter(Up(0, "a"), Down(1, "a"), Up(4.5, "a"), Down(6, "a"), Up(8, "a")));

    [Fact]
    public void A_new_master_comes_so_long_after_the_old_one_went_down() =>
        Assert.Equal(
            [null, null, null, null, 3.25],
            LastedAfter(Master(0, "a", null), Down(1, "a"), Master(1.5, null, "a"), Down(2, "b"), Master(4.25, "c", null)));

    [Fact]
    public void Without_a_node_down_it_comes_so_long_after_there_was_none() =>
        Assert.Equal([null, null, 0.5], LastedAfter(Master(0, "a", null), Master(1, null, "a"), Master(1.5, "b", null)));

    [Fact]
    public void A_master_that_hands_over_leaves_no_gap() =>
        Assert.Equal([null, null], LastedAfter(Master(0, "a", null), Master(1, "b", "a")));

    private static IEnumerable<double?> LastedAfter(params TopologyChangeResponse[] changes) =>
        TopologyEvent.From(changes.Reverse()).Reverse().Select(topologyEvent => topologyEvent.Lasted?.TotalSeconds);

    private static TopologyChangeResponse Up(double second, string node) => Change(second, "up", node);

    private static TopologyChangeResponse Down(double second, string node) => Change(second, "down", node);

    private static TopologyChangeResponse Master(double second, string? node, string? before) => Change(second, "master", node, before);

    private static TopologyChangeResponse Change(double second, string change, string? node, string? before = null) =>
        new((long)(second * 100), Start.AddSeconds(second), change, node, Role: null, before, Reason: null);
}
