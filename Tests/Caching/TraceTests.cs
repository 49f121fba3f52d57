using Microsoft.Extensions.Caching.Hybrid;
using RedisAspire.Caching;
using RedisAspire.Caching.Telemetry;
using RedisAspire.RedisProcesses;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.Caching;

/// <summary>What a trace records of one operation, and of no other.</summary>
public sealed class TraceTests(RedisFixture fixture) : IClassFixture<RedisFixture>, IAsyncLifetime
{
    private readonly RedisReplication _redis = fixture.Redis;
    private readonly string _key = $"key-{Guid.NewGuid():N}";
    private readonly TaskCompletionSource<string> _source = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CacheHost _host = null!;
    private CacheHost _other = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _host = await CacheHost.StartAsync(_redis);
        _other = await CacheHost.StartAsync(_redis);
        foreach (var host in new[] { _host, _other })
        {
            await Eventually.HoldsAsync("the near cache is on", () => host.Near.IsOn);
            // Reads the stamp that is read once.
            await host.Cache.GetOrCreateAsync("warm", _ => ValueTask.FromResult("value"), cancellationToken: Cancellation);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _other.DisposeAsync();
    }

    [Fact]
    public async Task A_caller_that_shares_the_look_up_of_another_one_has_that_step_only()
    {
        var first = _host.Cache.LookupAsync(_key, async _ => await _source.Task, cancellationToken: Cancellation).AsTask();

        var (trace, looking) = Trace(_host);
        _source.SetResult("value");
        await Task.WhenAll(first, looking);

        // The invalidation is that of the other caller's write, which comes early or late.
        Assert.Equal(["Near Miss", "Flight Done"], StepsOf(trace).Where(step => step != "Invalidation Done"));
    }

    [Fact]
    public async Task A_process_without_the_lease_waits_for_the_other_one_and_reads_what_it_has_stored()
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var first = _other.Cache.LookupAsync(
            _key,
            async _ =>
            {
                begun.SetResult();
                return await _source.Task;
            },
            cancellationToken: Cancellation).AsTask();
        await begun.Task;

        var (trace, looking) = Trace(_host);
        await Eventually.HoldsAsync("it has found out that the lease is held", () => StepsOf(trace).Contains("Lease Held"));
        _source.SetResult("value");
        await Task.WhenAll(first, looking);

        var steps = StepsOf(trace);
        Assert.Equal(["Near Miss", "Get Missing", "Lease Held"], steps[..3]);
        Assert.Contains(steps, step => step.StartsWith("Wait", StringComparison.Ordinal));
        Assert.DoesNotContain(steps, step => step.StartsWith("Source", StringComparison.Ordinal));
        Assert.Equal("value", (await looking).Value);
    }

    [Fact]
    public async Task A_reply_that_lacks_our_own_write_does_not_count_and_the_master_is_asked()
    {
        var own = new RedisFixture();
        await own.InitializeAsync();
        await using var cleanup = own;
        await using var network = new FlakyProxy(own.Redis.Master.Port);
        foreach (var replica in own.Redis.Replicas)
            await replica.ExecuteAsync("REPLICAOF", "127.0.0.1", network.Port);
        foreach (var replica in own.Redis.Replicas)
            await replica.WaitUntilReadyAsync(Cancellation);
        await using var host = await CacheHost.StartAsync(own.Redis);
        await Eventually.HoldsAsync("the near cache is on", () => host.Near.IsOn);
        network.IsStalled = true;
        await host.Cache.SetAsync(_key, "new", cancellationToken: Cancellation);

        var (trace, looking) = Trace(host);

        Assert.Equal("new", (await looking).Value);
        var reads = trace.Steps.Where(step => step.Kind == CacheTraceKind.Get && step.Command[1] == _key).ToArray();
        Assert.Equal([CacheTraceOutcome.Behind, CacheTraceOutcome.Found], reads.Select(step => step.Outcome));
        Assert.StartsWith("redis-replica-", reads[0].Node);
        Assert.Equal("redis-master", reads[1].Node);
        Assert.Contains(trace.Steps, step => step.Kind == CacheTraceKind.Offset);
    }

    [Fact]
    public async Task A_source_that_fails_and_values_that_are_no_text_show_as_such()
    {
        using var failing = _host.Cache.BeginTrace(_key);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await _host.Cache.TraceLookupAsync<int, string>(
            failing, _key, 0, static (_, _) => throw new InvalidOperationException("The source fails."), cancellationToken: Cancellation));
        using var storing = _host.Cache.BeginTrace(_key);
        await _host.Cache.TraceLookupAsync(storing, _key, 0, static (_, _) => ValueTask.FromResult(new byte[] { 0xFF, 0, 1 }), cancellationToken: Cancellation);

        Assert.Contains("Source Failed", StepsOf(failing));
        Assert.Equal(["SET", _key, "…", "PX", "60000"], storing.Steps.Single(step => step.Kind == CacheTraceKind.Set).Command);
    }

    [Fact]
    public async Task What_others_do_meanwhile_and_what_comes_after_the_end_is_not_recorded()
    {
        var trace = _host.Cache.BeginTrace(_key);
        await _host.Cache.SetAsync(_key, "value", cancellationToken: Cancellation);
        await _host.Cache.LookupAsync(_key, _ => ValueTask.FromResult("value"), new CacheEntryOptions { Flags = HybridCacheEntryFlags.DisableLocalCacheRead }, cancellationToken: Cancellation);
        Assert.DoesNotContain(trace.Steps, step => step.Kind != CacheTraceKind.Invalidation);

        trace.Dispose();
        trace.Dispose();
        await _host.Cache.TraceRemoveAsync(trace, [_key], Cancellation);

        Assert.DoesNotContain(trace.Steps, step => step.Kind != CacheTraceKind.Invalidation);
    }

    private static string[] StepsOf(CacheTrace trace) => [.. trace.Steps.Select(step => $"{step.Kind} {step.Outcome}")];

    private (CacheTrace Trace, Task<CacheLookup<string>> Looking) Trace(CacheHost host)
    {
        var trace = host.Cache.BeginTrace(_key);
        return (trace, LookUpAsync());

        async Task<CacheLookup<string>> LookUpAsync()
        {
            using (trace)
                return await host.Cache.TraceLookupAsync(trace, _key, 0, static (_, _) => ValueTask.FromResult("from the source"), cancellationToken: Cancellation);
        }
    }
}
