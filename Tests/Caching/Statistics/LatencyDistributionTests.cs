using System.Text.Json;
using RedisAspire.Caching.Telemetry;

namespace RedisAspire.Tests.Caching.Statistics;

public sealed class LatencyDistributionTests
{
    private readonly LatencyHistogram _histogram = new();

    [Fact]
    public void A_time_of_any_size_is_found_again_to_within_two_percent()
    {
        for (var nanoseconds = 1L; nanoseconds < 100_000_000_000; nanoseconds = (nanoseconds * 21 / 20) + 1)
        {
            var histogram = new LatencyHistogram();
            histogram.Record(nanoseconds);

            var found = histogram.Read().Percentile(0.5)!.Value * 1e9;
            Assert.InRange(found, nanoseconds * 0.98, nanoseconds * 1.02);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    public void A_time_that_cannot_be_is_counted_all_the_same(long nanoseconds)
    {
        _histogram.Record(nanoseconds);

        Assert.Equal(1, _histogram.Read().Count);
        Assert.InRange(_histogram.Read().Maximum!.Value, 0, 140);
    }

    [Fact]
    public void Percentiles_say_what_a_share_did_not_exceed()
    {
        for (var microseconds = 1; microseconds <= 1000; microseconds++)
            _histogram.Record(microseconds * 1000);

        var latency = _histogram.Read();

        Assert.Equal(1000, latency.Count);
        Assert.InRange(latency.Percentile(0.5)!.Value, 490e-6, 510e-6);
        Assert.InRange(latency.Percentile(0.99)!.Value, 972e-6, 1010e-6);
        Assert.InRange(latency.Maximum!.Value, 980e-6, 1020e-6);
        Assert.InRange(latency.Mean!.Value, 490e-6, 510e-6);
    }

    [Fact]
    public void Percentiles_of_two_together_are_those_of_all()
    {
        var other = new LatencyHistogram();
        _histogram.Record(1_000_000, times: 90);
        other.Record(1_000_000_000, times: 10);

        var both = _histogram.Read() + other.Read();

        Assert.InRange(both.Percentile(0.9)!.Value, 0.98e-3, 1.02e-3);
        Assert.InRange(both.Percentile(0.91)!.Value, 0.98, 1.02);
        Assert.Equal(10, (both - _histogram.Read()).Count);
    }

    [Fact]
    public void Of_nothing_nothing_is_known()
    {
        var none = LatencyDistribution.Empty;

        Assert.Equal((null, null, null), (none.Mean, none.Percentile(0.5), none.Maximum));
    }

    [Fact]
    public void It_is_the_same_after_it_was_written_and_read()
    {
        _histogram.Record(70);
        _histogram.Record(2_000_000_000, times: 3);

        var json = JsonSerializer.Serialize(_histogram.Read());
        var read = JsonSerializer.Deserialize<LatencyDistribution>(json)!;

        Assert.Equal(_histogram.Read().Counts, read.Counts);
        Assert.InRange(json.Length, 1, 30);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("[-1,1]")]
    [InlineData("[99999,1]")]
    [InlineData("[1,-1]")]
    [InlineData("[1,9223372036854775807]")]
    [InlineData("[1,\"2\"]")]
    [InlineData("[[1,2]]")]
    public void What_is_no_distribution_is_refused(string json) =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<LatencyDistribution>(json));

    [Fact]
    public async Task Hits_of_many_threads_are_all_counted_and_some_of_them_stand_for_all()
    {
        const int threads = 4;
        const int hits = 200_000;
        var counter = new NearHitCounter();
        var (weight, timed) = (0L, 0L);

        await Task.WhenAll(Enumerable.Range(0, threads).Select(_ => Task.Run(() =>
        {
            var (ownWeight, ownTimed) = (0L, 0L);
            for (var i = 0; i < hits; i++)
            {
                var times = counter.CountLookup();
                ownWeight += times;
                ownTimed += times > 0 ? 1 : 0;
            }

            Interlocked.Add(ref weight, ownWeight);
            Interlocked.Add(ref timed, ownTimed);
        })));

        Assert.Equal(threads * hits, counter.Count);
        // The first sample of a thread may be late, and the last may stand for hits that have not come.
        const int error = 64 * 2 * threads;
        Assert.InRange(weight, (threads * hits) - error, (threads * hits) + error);
        Assert.InRange(timed, 1, threads * hits / 4);
    }

    [Fact]
    public async Task Hits_of_threads_that_have_ended_remain_counted()
    {
        var counter = new NearHitCounter();
        for (var i = 0; i < 5; i++)
        {
            var thread = new Thread(() => counter.CountLookup());
            thread.Start();
            thread.Join();
        }

        await Task.Run(() => counter.CountLookup(), TestContext.Current.CancellationToken);

        Assert.Equal(6, counter.Count);
    }
}
