using RedisAspire.Benchmarks.Compare;

namespace RedisAspire.Tests.Benchmarks;

public sealed class TargetTests
{
    private static readonly (string What, string Who) Ours = ("hit", "ours");
    private static readonly (string What, string Who) Peer = ("hit", "peer");

    [Theory]
    [InlineData(2d, 3d, 1d, 2d)]
    [InlineData(2.5, 4d, 1d, 2d, 3d)]
    [InlineData(7d, 7d)]
    public void The_median_is_the_value_in_the_middle(double median, params double[] values) =>
        Assert.Equal(median, Spread.Of(values).Median);

    [Fact]
    public void Noise_is_half_of_the_range() => Assert.Equal(1.5, Spread.Of([4, 1, 2]).Noise);

    [Fact]
    public void Nothing_has_no_median() => Assert.Throws<ArgumentException>(() => Spread.Of([]));

    [Fact]
    public void Rows_are_compared_round_by_round()
    {
        // The machine was busy in the second round: both took longer.
        Row[] rows = [Times(Ours, 1, 10, 2), Times(Peer, 2, 20, 4)];

        Assert.Equal([0.5, 0.5, 0.5], Figure.Ratio(Metric.Time, Ours, Peer).Of(rows));
        Assert.Equal([-1, -10, -2], Figure.Difference(Metric.Time, Ours, Peer).Of(rows));
        Assert.Equal([1, 10, 2], Figure.Value(Metric.Time, Ours).Of(rows));
    }

    [Theory]
    [InlineData(0.8, true)]
    [InlineData(0.75, true)]
    [InlineData(0.7, false)]
    public void A_target_is_held_when_the_median_meets_it(double limit, bool isHeld) =>
        Assert.Equal(isHeld, NewTarget(limit).Judge([Times(Ours, 7, 7.5, 9), Times(Peer, 10, 10, 10)], bound: null)!.IsHeld);

    [Theory]
    [InlineData(14, false)]
    [InlineData(15, true)]
    public void A_target_may_have_to_be_reached(double median, bool isHeld) =>
        Assert.Equal(isHeld, (NewTarget(15) with { IsAtLeast = true }).Judge([Times(Ours, median), Times(Peer, 1)], bound: null)!.IsHeld);

    [Fact]
    public void What_was_not_measured_is_not_judged()
    {
        Assert.Null(NewTarget(1).Judge([Times(Ours, 1)], bound: 1));
        Assert.Null(NewTarget(1).Judge([Times(Ours, 1), Times(Peer)], bound: 1));
        Assert.Null(NewTarget(1).Judge([], bound: 1));
    }

    // Median 1.0, noise 0.1.
    [Theory]
    [InlineData(null, false)]
    [InlineData(1.0, false)]
    [InlineData(0.91, false)]
    [InlineData(0.89, true)]
    public void A_bound_is_broken_by_more_than_the_noise(double? bound, bool isBroken) =>
        Assert.Equal(isBroken, NewTarget(2).Judge([Times(Ours, 9, 10, 11), Times(Peer, 10, 10, 10)], bound)!.IsBroken);

    [Theory]
    [InlineData(1.09, false)]
    [InlineData(1.11, true)]
    public void A_bound_to_reach_is_broken_below_it(double bound, bool isBroken) =>
        Assert.Equal(isBroken, (NewTarget(2) with { IsAtLeast = true }).Judge([Times(Ours, 9, 10, 11), Times(Peer, 10, 10, 10)], bound)!.IsBroken);

    [Fact]
    public void Every_target_has_an_id_of_its_own() => Assert.Equal(Targets.All.Count, Targets.All.DistinctBy(target => target.Id).Count());

    [Fact]
    public async Task Every_committed_bound_is_one_of_a_target()
    {
        var bounds = await Bounds.ReadAsync(Path.Combine(Support.Repository.Root, "Benchmarks", "bounds.json"));

        Assert.NotEmpty(bounds);
        Assert.Subset(Targets.All.Select(target => target.Id).ToHashSet(StringComparer.Ordinal), bounds.Keys.ToHashSet(StringComparer.Ordinal));
    }

    [Fact]
    public void A_missed_target_and_a_broken_bound_are_in_the_table()
    {
        var verdict = NewTarget(0.5).Judge([Times(Ours, 9, 10, 11), Times(Peer, 10, 10, 10)], bound: 0.6)!;

        Assert.Contains("| ours ÷ peer | 1, 0.9–1.1 | ≤ 0.5 | **missed** | ≤ 0.6 **broken** |", ComparisonReport.TableOf([verdict]), StringComparison.Ordinal);
    }

    private static Target NewTarget(double limit) => new("test", "ours ÷ peer", Figure.Ratio(Metric.Time, Ours, Peer), limit);

    private static Row Times((string What, string Who) which, params double[] times) => new("part", which.What, which.Who, [.. times.Select(time => new Sample { Time = time })]);
}
