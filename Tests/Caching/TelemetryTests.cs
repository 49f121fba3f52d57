using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using RedisAspire.Caching;
using RedisAspire.Caching.Telemetry;
using RedisAspire.RedisProcesses;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.Caching;

public sealed class TelemetryTests(RedisFixture fixture) : IClassFixture<RedisFixture>, IAsyncLifetime
{
    private readonly RedisReplication _redis = fixture.Redis;
    private readonly string _key = $"key-{Guid.NewGuid():N}";
    private readonly ConcurrentQueue<(string Instrument, double Value, Dictionary<string, object?> Tags)> _measured = new();
    private readonly MeterListener _listener = new();
    private CacheHost _host = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _host = await CacheHost.StartAsync(_redis, options => options.Name = _key);
        // Only of this host: all of them in the test run have meters of the same name.
        var meters = _host.Services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, meters))
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.Start();
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task Every_look_up_is_counted_and_timed_with_its_level()
    {
        await LookupAsync();
        await Eventually.HoldsAsync("the value is near", async () => (await LookupAsync()).Level == CacheLevel.Near);

        foreach (var (type, level) in new[] { ("miss", "source"), ("hit", "redis"), ("hit", "near") })
        {
            foreach (var what in new[] { "request", type })
            {
                Assert.Contains(_measured, measured => measured.Instrument == $"redisaspire.cache.{what}.duration"
                    && Equals(measured.Tags["cache.name"], _key) && Equals(measured.Tags["cache.request.type"], type) && Equals(measured.Tags["cache.level"], level) && Equals(measured.Tags["cache.stale"], false));
            }
        }

        Assert.All(_measured.Where(measured => measured.Instrument == "redisaspire.cache.request.duration"), measured => Assert.InRange(measured.Value, 0, 10));
        Assert.Contains(_measured, measured => measured.Instrument == "redisaspire.cache.source.duration" && !measured.Tags.ContainsKey("error.type"));
        Assert.Contains(_measured, measured => measured.Instrument == "db.client.operation.duration"
            && Equals(measured.Tags["db.system.name"], "redis") && Equals(measured.Tags["db.operation.name"], "GET") && measured.Tags["server.address"] is "127.0.0.1" && measured.Tags["server.port"] is int);
    }

    [Fact]
    public async Task Every_look_up_is_counted_however_few_are_timed()
    {
        const int many = 100_000;
        await Eventually.HoldsAsync("the value is near", async () => (await LookupAsync()).Level == CacheLevel.Near);
        for (var i = 0; i < many; i++)
            await LookupAsync();

        _listener.RecordObservableInstruments();

        var requests = _measured.Where(measured => measured.Instrument == "redisaspire.cache.requests").ToDictionary(measured => (string)measured.Tags["cache.level"]!, measured => measured.Value);
        Assert.Equal(1, requests["source"]);
        Assert.InRange(requests["near"], many, many + 1);
        Assert.Equal(_host.Services.GetRequiredService<CacheStatistics>().SinceStart.Requests, requests.Values.Sum());
        Assert.InRange(_measured.Count(measured => measured.Instrument == "redisaspire.cache.hit.duration"), 10_000, many - 1);
    }

    [Fact]
    public async Task A_failing_source_and_shared_work_are_counted()
    {
        var release = new TaskCompletionSource();
        var callers = Enumerable.Range(0, 3).Select(_ => _host.Cache.LookupAsync<string>(_key, async _ =>
        {
            await release.Task;
            throw new InvalidDataException("broken");
        }, cancellationToken: Cancellation).AsTask()).ToArray();
        release.SetResult();
        foreach (var caller in callers)
            await Assert.ThrowsAsync<InvalidDataException>(() => caller);

        Assert.Contains(_measured, measured => measured.Instrument == "redisaspire.cache.source.duration" && Equals(measured.Tags.GetValueOrDefault("error.type"), "System.IO.InvalidDataException"));
    }

    [Fact]
    public async Task Callers_that_share_a_fill_are_counted()
    {
        var release = new TaskCompletionSource();
        var callers = Enumerable.Range(0, 3).Select(_ => _host.Cache.LookupAsync(_key, async _ =>
        {
            await release.Task;
            return "value";
        }, cancellationToken: Cancellation).AsTask()).ToArray();
        release.SetResult();
        await Task.WhenAll(callers);

        Assert.Equal(2, _measured.Where(measured => measured.Instrument == "redisaspire.cache.coalesced").Sum(measured => measured.Value));
    }

    [Fact]
    public async Task Look_ups_that_Redis_could_not_answer_are_counted_and_health_says_so_until_it_can()
    {
        var own = new RedisFixture();
        await own.InitializeAsync();
        await using var cleanup = own;
        await using var host = await CacheHost.StartAsync(own.Redis);
        await Eventually.HoldsAsync("the near cache is on", () => host.Near.IsOn);
        var fallbacks = 0L;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "redisaspire.cache.fallbacks" && ReferenceEquals(instrument.Meter.Scope, host.Services.GetRequiredService<IMeterFactory>()))
                listener.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => Interlocked.Add(ref fallbacks, value));
        listener.Start();

        foreach (var node in own.Redis.Nodes)
            await node.Process.KillAsync();
        await Eventually.HoldsAsync("health is degraded", async () => await StatusAsync() == HealthStatus.Degraded);
        // Health also says so when only the master was missed: the read node may have been killed a moment ago.
        await Eventually.HoldsAsync("the near cache is off", () => !host.Near.IsOn);
        Assert.False((await host.Cache.LookupAsync(_key, _ => ValueTask.FromResult("value"), cancellationToken: Cancellation)).IsHit);
        Assert.True(Interlocked.Read(ref fallbacks) > 0);

        foreach (var node in own.Redis.Nodes)
            await node.StartAsync();
        await Eventually.HoldsAsync("all is well again", async () => await StatusAsync() == HealthStatus.Healthy);

        async Task<HealthStatus> StatusAsync() => (await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Cancellation)).Status;
    }

    [Fact]
    public async Task Values_that_had_to_make_room_are_counted()
    {
        await using var host = await CacheHost.StartAsync(_redis, options => options.MaximumNearEntries = 10);
        await Eventually.HoldsAsync("the near cache is on", () => host.Near.IsOn);
        var next = 0;
        await Eventually.HoldsAsync("values had to make room", async () =>
        {
            await host.Cache.LookupAsync($"{_key}:{next++ % 30}", _ => ValueTask.FromResult("value"), cancellationToken: Cancellation);
            return host.Near.Statistics.CapacityEvictions > 0;
        });
        Assert.InRange(host.Near.Statistics.Entries, 1, 10);
    }

    [Fact]
    public async Task What_is_in_the_process_and_how_far_replicas_are_behind_can_be_observed()
    {
        await Eventually.HoldsAsync("the value is near", async () => (await LookupAsync()).Level == CacheLevel.Near);
        await _host.Cache.RemoveAsync(_key, Cancellation);
        await Eventually.HoldsAsync("another value is near", async () => (await LookupAsync()).Level == CacheLevel.Near);

        _listener.RecordObservableInstruments();

        double Last(string instrument) => _measured.Last(measured => measured.Instrument == instrument && Equals(measured.Tags.GetValueOrDefault("cache.name"), _key)).Value;
        Assert.True(Last("redisaspire.cache.near.entries") >= 1);
        Assert.True(Last("redisaspire.cache.near.size") > 0);
        Assert.True(Last("redisaspire.cache.invalidations") >= 1);
        Assert.True(Last("redisaspire.cache.flushes") >= 0);
        Assert.True(Last("redisaspire.cache.evictions") >= 0);
        Assert.Contains(_measured, measured => measured.Instrument == "redisaspire.redis.replication.lag" && measured.Tags["redis.node"] is "redis-replica-1");
    }

    [Fact]
    public async Task A_key_is_never_an_attribute()
    {
        var secret = $"secret-{Guid.NewGuid():N}";
        for (var i = 0; i < 3; i++)
            await _host.Cache.LookupAsync(secret, _ => ValueTask.FromResult("value"), cancellationToken: Cancellation);
        await _host.Cache.RemoveAsync(secret, Cancellation);
        _listener.RecordObservableInstruments();

        Assert.DoesNotContain(_measured, measured => measured.Tags.Values.Any(value => value?.ToString()?.Contains(secret) == true));
    }

    [Fact]
    public async Task A_look_up_beyond_the_process_is_a_span_around_the_source()
    {
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "RedisAspire.Caching",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        using var root = new Activity("test").Start();

        await LookupAsync();

        var mine = spans.Where(span => span.TraceId == root.TraceId).ToArray();
        var source = Assert.Single(mine, span => span.OperationName == "cache source");
        var lookup = Assert.Single(mine, span => span.OperationName == "cache look-up");
        Assert.Equal(lookup.SpanId, source.ParentSpanId);
        Assert.Equal(("source", "miss"), (lookup.GetTagItem("cache.level"), lookup.GetTagItem("cache.request.type")));
        Assert.Contains(mine, span => span.OperationName == "GET" && span.ParentSpanId == lookup.SpanId && Equals(span.GetTagItem("db.system.name"), "redis"));
    }

    [Fact]
    public async Task Health_says_whether_values_stay_in_the_process()
    {
        await Eventually.HoldsAsync("the near cache is on", () => _host.Near.IsOn);

        var report = await _host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Cancellation);

        Assert.Equal(HealthStatus.Healthy, report.Entries["redis"].Status);
        Assert.Equal(HealthStatus.Healthy, report.Entries["near cache"].Status);
        Assert.StartsWith("On: redis-replica-", report.Entries["near cache"].Description);
    }

    private ValueTask<CacheLookup<string>> LookupAsync() => _host.Cache.LookupAsync(_key, _ => ValueTask.FromResult("value"), cancellationToken: Cancellation);

    private void Record(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        _measured.Enqueue((instrument.Name, value, tags.ToArray().ToDictionary(tag => tag.Key, tag => tag.Value)));
}
