using System.Net.ServerSentEvents;
using System.Text.Json;
using RedisAspire.Contracts;
using RedisAspire.Web.Live;

namespace RedisAspire.Tests.Web;

public sealed class LiveTrendTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 14, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Figures_are_kept_every_other_second_for_five_minutes()
    {
        var live = LiveSnapshot.None;
        for (var second = 0; second <= 400; second++)
            live = live.Apply(StatsAt(second), Start.AddSeconds(second));

        Assert.Equal(Start.AddSeconds(400), live.Stats?.TakenAt);
        Assert.Equal(Enumerable.Range(0, 151).Select(sample => Start.AddSeconds(100 + (2 * sample))), live.Trend.Select(sample => sample.TakenAt));
    }

    [Fact]
    public void The_trend_is_the_same_list_until_it_grows()
    {
        var first = LiveSnapshot.None.Apply(StatsAt(0), Start);

        Assert.Same(first.Trend, first.Apply(StatsAt(1), Start).Trend);
        Assert.NotSame(first.Trend, first.Apply(StatsAt(2), Start).Trend);
    }

    private static SseItem<string> StatsAt(int second)
    {
        var latency = new LatencyResponse(null, null, null, null, null);
        var figures = new FiguresResponse(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, null, null, latency, latency);
        var cluster = new ClusterStatsResponse(1, true, new NearCacheResponse("on", 0, 0), figures, figures);
        return new(JsonSerializer.Serialize(new StatsResponse(Start.AddSeconds(second), "here", cluster, []), JsonSerializerOptions.Web), "stats");
    }
}
