using RedisAspire.Benchmarks.Load;

namespace RedisAspire.Tests.Benchmarks;

public sealed class OpenLoopLoadTests
{
    [Fact]
    public async Task The_rate_is_kept_whatever_answers_take()
    {
        var load = new OpenLoopLoad(new OpenLoopOptions { Rate = 500, Duration = TimeSpan.FromSeconds(0.4) }, async (_, _) =>
        {
            await Task.Delay(300);
            return null;
        });

        var result = await load.RunAsync(TestContext.Current.CancellationToken);

        Assert.Equal(200, result.Requests);
        Assert.Equal(200, result.Latencies.TotalCount);
        Assert.Empty(result.Failures);
        // One after the other they would take a minute.
        Assert.True(result.Elapsed < TimeSpan.FromSeconds(30), $"{result.Elapsed}");
        Assert.True(result.Latencies.GetValueAtPercentile(1) >= 290_000);
    }

    [Fact]
    public async Task Requests_that_a_standstill_keeps_waiting_count_from_when_they_were_due()
    {
        // The server answers nobody in the first 300 ms, and everybody at once afterwards.
        using var free = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        var standstill = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var _ = free.Token.Register(standstill.SetResult);
        var load = new OpenLoopLoad(new OpenLoopOptions { Rate = 1000, Duration = TimeSpan.FromSeconds(0.3) }, async (_, _) =>
        {
            await standstill.Task;
            return null;
        });

        var result = await load.RunAsync(TestContext.Current.CancellationToken);

        // As many waited more than half of that time as waited less.
        Assert.True(result.Latencies.GetValueAtPercentile(50) >= 100_000, $"{result.Latencies.GetValueAtPercentile(50)} µs");
        Assert.True(result.Latencies.GetValueAtPercentile(99) >= 250_000, $"{result.Latencies.GetValueAtPercentile(99)} µs");
    }

    [Fact]
    public async Task Requests_beyond_the_bound_of_outstanding_ones_fail_at_once()
    {
        var answer = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var load = new OpenLoopLoad(new OpenLoopOptions { Rate = 1000, Duration = TimeSpan.FromSeconds(0.1), MaximumOutstanding = 10 }, (_, _) => answer.Task);

        var running = load.RunAsync(TestContext.Current.CancellationToken);
        await Support.Eventually.HoldsAsync("the duration is over", () => load.Elapsed > TimeSpan.FromSeconds(0.2));
        answer.SetResult(null);
        var result = await running;

        Assert.Equal(100, result.Requests);
        Assert.Equal(10, result.Latencies.TotalCount);
        Assert.Equal(90, result.Failures[OpenLoopLoad.TooManyOutstanding]);
    }

    [Fact]
    public async Task Failures_are_counted_by_kind_and_have_no_latency()
    {
        var load = new OpenLoopLoad(new OpenLoopOptions { Rate = 1000, Duration = TimeSpan.FromSeconds(0.03) }, (number, _) => (number % 3) switch
        {
            0 => Task.FromResult<string?>("503"),
            1 => Task.FromException<string?>(new TimeoutException()),
            _ => Task.FromResult<string?>(null),
        });

        var result = await load.RunAsync(TestContext.Current.CancellationToken);

        Assert.Equal(10, result.Failures["503"]);
        Assert.Equal(10, result.Failures[nameof(TimeoutException)]);
        Assert.Equal(20, result.FailureCount);
        Assert.Equal(10, result.Latencies.TotalCount);
        Assert.Contains("20 failed", HttpLoad.Describe(result, 1000), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_load_without_a_duration_ends_when_it_is_stopped()
    {
        using var stop = new CancellationTokenSource();
        var load = new OpenLoopLoad(new OpenLoopOptions { Rate = 1000 }, (_, _) => Task.FromResult<string?>(null));

        var running = load.RunAsync(stop.Token);
        await stop.CancelAsync();

        var result = await running.WaitAsync(Support.Eventually.Limit, TestContext.Current.CancellationToken);
        Assert.Equal(result.Requests, result.Latencies.TotalCount);
    }

    [Fact]
    public void By_Zipf_the_first_key_is_chosen_twice_as_often_as_the_second()
    {
        var random = new Random(1);
        var keys = new KeyChooser(1000, zipf: 1);

        var counts = Enumerable.Range(0, 100_000).CountBy(_ => keys.Next(random)).ToDictionary();

        Assert.InRange((double)counts[0] / counts[1], 1.9, 2.1);
        Assert.InRange((double)counts[0] / counts[9], 9, 11);
        Assert.All(counts.Keys, key => Assert.InRange(key, 0, 999));
    }

    [Fact]
    public void Without_Zipf_every_key_is_chosen_as_often_as_any_other()
    {
        var random = new Random(1);
        var keys = new KeyChooser(10, zipf: null);

        var counts = Enumerable.Range(0, 100_000).CountBy(_ => keys.Next(random)).ToDictionary();

        Assert.Equal(10, counts.Count);
        Assert.All(counts.Values, count => Assert.InRange(count, 9_500, 10_500));
    }
}
