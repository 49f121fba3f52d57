using RedisAspire.ApiService.Bench;

namespace RedisAspire.Tests.ApiService;

public sealed class LatencyHistogramTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1_000)]
    [InlineData(100_000)]
    public void Percentiles_are_exact_to_three_percent(int count)
    {
        var random = new Random(1);
        var latencies = Enumerable.Range(0, count).Select(_ => (long)Math.Exp(random.NextDouble() * Math.Log(30e9))).ToArray();
        var (one, other, all) = (new LatencyHistogram(), new LatencyHistogram(), new LatencyHistogram());
        for (var i = 0; i < count; i++)
            (i % 2 == 0 ? one : other).Record(latencies[i]);

        all.Add(one);
        all.Add(other);

        Array.Sort(latencies);
        Assert.Equal((count, latencies[^1]), (all.Count, all.Maximum));
        foreach (var share in new[] { 0.0, 0.5, 0.9, 0.99, 1.0 })
        {
            var exact = latencies[Math.Max(0, (int)Math.Ceiling(share * count) - 1)];
            Assert.InRange(all.Percentile(share), exact, exact + (exact / 32) + 1);
        }
    }

    [Fact]
    public void Nothing_recorded_is_zero_and_the_longest_and_shortest_are_counted()
    {
        var histogram = new LatencyHistogram();
        Assert.Equal((0, 0), (histogram.Count, histogram.Percentile(0.5)));

        histogram.Record(-1);
        histogram.Record(0);
        histogram.Record(long.MaxValue);

        Assert.Equal((3, 0, long.MaxValue), (histogram.Count, histogram.Percentile(0.5), histogram.Maximum));
    }

    [Fact]
    public void Zipf_asks_for_the_nth_key_with_a_probability_of_one_in_n()
    {
        const int Draws = 100_000;
        var random = new Random(1);
        var keys = new KeyDistribution(100, isZipf: true);
        var counts = new int[100];
        for (var i = 0; i < Draws; i++)
            counts[keys.Next(random)]++;

        var harmonic = Enumerable.Range(1, 100).Sum(n => 1.0 / n);
        foreach (var n in new[] { 1, 2, 10, 100 })
            Assert.InRange(counts[n - 1], 0.8 * Draws / n / harmonic, 1.2 * Draws / n / harmonic);
    }
}
