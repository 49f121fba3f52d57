using RedisAspire.Caching.Lookup;

namespace RedisAspire.Tests.Caching;

public sealed class SingleFlightTests
{
    private readonly SingleFlight<NoVariant> _flights = new();
    private readonly TaskCompletionSource<Attempt> _attempt = new();
    private int _operations;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_caller_that_comes_during_the_attempt_shares_its_result()
    {
        var first = RunAsync(Cancellation);
        var second = RunAsync(Cancellation);

        _attempt.SetResult(new Attempt(IsDone: true, "found"));

        Assert.Equal(("found", true), await first);
        Assert.Equal(("found", false), await second);
        Assert.Equal(0, _operations);
    }

    [Fact]
    public async Task An_attempt_without_a_result_is_followed_by_one_operation_for_all()
    {
        var first = RunAsync(Cancellation);
        var second = RunAsync(Cancellation);

        _attempt.SetResult(new Attempt(IsDone: false, "stale"));

        Assert.Equal(("after stale", true), await first);
        Assert.Equal(("after stale", false), await second);
        Assert.Equal(1, _operations);
    }

    [Fact]
    public async Task When_the_caller_of_the_attempt_cancels_the_operation_starts_for_the_others()
    {
        using var caller = new CancellationTokenSource();
        var first = RunAsync(caller.Token);
        var second = RunAsync(Cancellation);

        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.Equal(("after nothing", false), await second);
    }

    [Fact]
    public async Task When_the_only_caller_cancels_its_attempt_the_next_one_makes_another()
    {
        using var caller = new CancellationTokenSource();
        var first = RunAsync(caller.Token);
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);

        _attempt.SetResult(new Attempt(IsDone: true, "found"));

        Assert.Equal(("found", true), await RunAsync(Cancellation));
        Assert.Equal(0, _operations);
    }

    [Fact]
    public async Task An_attempt_that_fails_fails_for_all()
    {
        var first = RunAsync(Cancellation);
        var second = RunAsync(Cancellation);

        _attempt.SetException(new InvalidOperationException("broken"));

        Assert.Equal("broken", (await Assert.ThrowsAsync<InvalidOperationException>(() => first)).Message);
        Assert.Equal("broken", (await Assert.ThrowsAsync<InvalidOperationException>(() => second)).Message);
    }

    private Task<(string Result, bool IsLeader)> RunAsync(CancellationToken cancellationToken) => _flights.RunAsync(
        "key",
        default,
        this,
        static async (test, token) => await test._attempt.Task.WaitAsync(token),
        static (test, made, _) =>
        {
            test._operations++;
            return Task.FromResult($"after {made?.Result ?? "nothing"}");
        },
        cancellationToken).AsTask();

    private readonly record struct NoVariant;

    private readonly record struct Attempt(bool IsDone, string Result) : IAttempt<string>;
}
