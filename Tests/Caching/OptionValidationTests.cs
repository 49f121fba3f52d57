using System.ComponentModel;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RedisAspire.Caching;
using RedisAspire.RedisProcesses;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.Caching;

/// <summary>What options may be, at the start and with every call, and what the extremes of what they may be mean.</summary>
public sealed class OptionValidationTests(RedisFixture fixture) : IClassFixture<RedisFixture>, IAsyncLifetime
{
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);

    private readonly RedisReplication _redis = fixture.Redis;
    private readonly string _key = $"key-{Guid.NewGuid():N}";
    private readonly RecordingLogger _log = new(LogLevel.Warning);
    private CacheHost _host = null!;
    private int _calls;

    public static TheoryData<string, string> RefusedAtTheStart { get; } = new()
    {
        { nameof(ReplicatedCacheOptions.Expiration), "-00:00:01" },
        { nameof(ReplicatedCacheOptions.LocalExpiration), "-00:00:01" },
        { nameof(ReplicatedCacheOptions.MaximumJitter), "-00:00:01" },
        { nameof(ReplicatedCacheOptions.StaleWindow), "-00:00:01" },
        { nameof(ReplicatedCacheOptions.SourceSoftTimeout), "-00:00:01" },
        { nameof(ReplicatedCacheOptions.SourceHardTimeout), "00:00:00" },
        { nameof(ReplicatedCacheOptions.NegativeExpiration), "-00:00:01" },
        { nameof(ReplicatedCacheOptions.MaximumNearEntries), "0" },
        { nameof(ReplicatedCacheOptions.MaximumNearBytes), "0" },
        { nameof(ReplicatedCacheOptions.LeaseDuration), "00:00:00" },
        { nameof(ReplicatedCacheOptions.LeaseDuration), "100.00:00:00" },
        { nameof(ReplicatedCacheOptions.MaximumLeaseWait), "-00:00:01" },
        { nameof(ReplicatedCacheOptions.OperationTimeout), "00:00:00" },
        { nameof(ReplicatedCacheOptions.OperationTimeout), "100.00:00:00" },
        { nameof(ReplicatedCacheOptions.MaximumKeyLength), "-1" },
        { nameof(ReplicatedCacheOptions.MaximumPayloadBytes), "-1" },
        { nameof(ReplicatedCacheOptions.KeyPrefix), "a\uD800" },
    };

    public static TheoryData<CacheEntryOptions> RefusedWithACall { get; } =
    [
        new CacheEntryOptions { Expiration = -Tick },
        new CacheEntryOptions { LocalExpiration = -Tick },
        new CacheEntryOptions { MaximumJitter = -Tick },
        new CacheEntryOptions { StaleWindow = -Tick },
        new CacheEntryOptions { SourceSoftTimeout = -Tick },
        new CacheEntryOptions { SourceHardTimeout = TimeSpan.Zero },
        new CacheEntryOptions { NegativeExpiration = -Tick },
    ];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _host = await CacheHost.StartAsync(_redis, services: services => services.AddSingleton<ILoggerProvider>(_log).AddReplicatedDistributedCache());
        // What this machine is slow with at the start is no concern of these tests.
        await Eventually.HoldsAsync("the near cache is on", () => _host.Near.IsOn);
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [MemberData(nameof(RefusedAtTheStart))]
    public void Options_that_make_no_sense_are_refused_at_the_start(string name, string value)
    {
        var property = typeof(ReplicatedCacheOptions).GetProperty(name)!;
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        using var services = new ServiceCollection()
            .AddReplicatedCache(options => property.SetValue(options, TypeDescriptor.GetConverter(type).ConvertFromInvariantString(value)))
            .BuildServiceProvider();

        var refusal = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IStartupValidator>().Validate());

        Assert.Contains(name, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(RefusedWithACall))]
    public async Task An_entrys_options_that_make_no_sense_are_refused_before_the_source_is_called(CacheEntryOptions options)
    {
        var refusal = await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => LookUpAsync(options));
        Assert.Equal("options", refusal.ParamName);
        Assert.Equal(0, _calls);

        refusal = await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await _host.Cache.SetAsync(_key, "value", options, cancellationToken: Cancellation));
        Assert.Equal("options", refusal.ParamName);
    }

    [Fact]
    public async Task An_expiration_of_zero_stores_nothing_and_leaves_nothing_old()
    {
        var options = new CacheEntryOptions { Expiration = TimeSpan.Zero, MaximumJitter = TimeSpan.FromSeconds(1), StaleWindow = TimeSpan.FromSeconds(1) };

        for (var call = 1; call < 4; call++)
            Assert.Equal(call, await LookUpAsync(options));
        Assert.Equal(0, await ExistsAsync());

        await _host.Cache.SetAsync(_key, 1, cancellationToken: Cancellation);
        await _host.Cache.SetAsync(_key, 2, options, cancellationToken: Cancellation);
        Assert.Equal(0, await ExistsAsync());
        Assert.Empty(_log.Lines);
    }

    [Fact]
    public async Task A_negative_expiration_of_zero_does_not_remember_that_there_is_no_value()
    {
        for (var i = 0; i < 3; i++)
        {
            await _host.Cache.LookupAsync<string?>(_key, _ =>
            {
                _calls++;
                return ValueTask.FromResult<string?>(null);
            }, new CacheEntryOptions { NegativeExpiration = TimeSpan.Zero }, cancellationToken: Cancellation);
        }

        Assert.Equal(3, _calls);
        Assert.Equal(0, await ExistsAsync());
        Assert.Empty(_log.Lines);
    }

    [Fact]
    public async Task A_local_expiration_of_zero_keeps_nothing_in_the_process()
    {
        var options = new CacheEntryOptions { LocalExpiration = TimeSpan.Zero };
        await _host.Cache.SetAsync(_key, 1, options, cancellationToken: Cancellation);

        for (var i = 0; i < 5; i++)
            Assert.Equal(CacheLevel.Redis, (await _host.Cache.LookupAsync(_key, _ => ValueTask.FromResult(2), options, cancellationToken: Cancellation)).Level);
    }

    [Fact]
    public async Task Times_below_a_millisecond_are_one()
    {
        await _host.Cache.SetAsync(_key, 1, new CacheEntryOptions { Expiration = Tick }, cancellationToken: Cancellation);
        await LookUpAsync(new CacheEntryOptions { Expiration = Tick, LocalExpiration = Tick, StaleWindow = Tick, NegativeExpiration = Tick, MaximumJitter = Tick });
        var distributed = _host.Services.GetRequiredService<IDistributedCache>();
        await distributed.SetAsync(_key, [1], new DistributedCacheEntryOptions { SlidingExpiration = Tick }, Cancellation);
        await distributed.SetAsync(_key + ":2", [1], new DistributedCacheEntryOptions { AbsoluteExpirationRelativeToNow = Tick }, Cancellation);

        await Eventually.HoldsAsync("all have expired", async () =>
            (long)await _redis.Master.ExecuteAsync("EXISTS", _key, $"app:cache:distributed:{_key}", $"app:cache:distributed:{_key}:2") == 0);
        Assert.Empty(_log.Lines);
    }

    [Fact]
    public async Task Expirations_below_a_second_are_what_they_say()
    {
        var distributed = _host.Services.GetRequiredService<IDistributedCache>();
        await _host.Cache.SetAsync(_key, 1, new CacheEntryOptions { Expiration = TimeSpan.FromMilliseconds(900) }, cancellationToken: Cancellation);
        await distributed.SetAsync(_key, [1], new DistributedCacheEntryOptions { SlidingExpiration = TimeSpan.FromMilliseconds(900) }, Cancellation);

        Assert.InRange((long)await _redis.Master.ExecuteAsync("PTTL", _key), 1, 900);
        Assert.InRange((long)await _redis.Master.ExecuteAsync("PTTL", $"app:cache:distributed:{_key}"), 1, 900);
        await Eventually.HoldsAsync("it has expired", async () => await ExistsAsync() == 0);
    }

    [Fact]
    public async Task The_greatest_expiration_works_with_jitter_and_a_stale_window_too()
    {
        var options = new CacheEntryOptions { Expiration = TimeSpan.MaxValue, MaximumJitter = TimeSpan.MaxValue, StaleWindow = TimeSpan.MaxValue };

        Assert.Equal(1, await LookUpAsync(options));
        for (var i = 0; i < 3; i++)
            Assert.Equal((1, false), await _host.Cache.LookupAsync(_key, _ => ValueTask.FromResult(++_calls), options, cancellationToken: Cancellation) is var found ? (found.Value, found.IsStale) : default);
        var distributed = _host.Services.GetRequiredService<IDistributedCache>();
        await distributed.SetAsync(_key, [1], new DistributedCacheEntryOptions { AbsoluteExpirationRelativeToNow = TimeSpan.MaxValue }, Cancellation);
        Assert.Equal([1], await distributed.GetAsync(_key, Cancellation));

        await _host.Cache.RemoveAsync(_key, Cancellation);
        Assert.Empty(_log.Lines);
    }

    [Fact]
    public async Task The_longest_time_outs_are_as_good_as_none()
    {
        var options = new CacheEntryOptions
        {
            Expiration = TimeSpan.FromMilliseconds(50),
            StaleWindow = TimeSpan.FromMinutes(1),
            SourceSoftTimeout = TimeSpan.MaxValue,
            SourceHardTimeout = TimeSpan.MaxValue,
        };
        Assert.Equal(1, await LookUpAsync(options));
        await Eventually.HoldsAsync("the value is stale", async () => (long)await _redis.Master.ExecuteAsync("PTTL", _key) < 60_000);

        Assert.Equal(2, await LookUpAsync(options));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" ")]
    public async Task A_tag_without_a_name_is_refused_before_the_source_is_called(string? tag)
    {
        Assert.Equal("tags", (await Assert.ThrowsAnyAsync<ArgumentException>(() => LookUpAsync(null, ["tag", tag!]))).ParamName);
        Assert.Equal(0, _calls);
        Assert.Equal("tags", (await Assert.ThrowsAnyAsync<ArgumentException>(async () => await _host.Cache.SetAsync(_key, 1, tags: [tag!], cancellationToken: Cancellation))).ParamName);
    }

    [Fact]
    public async Task Too_many_tags_and_too_long_ones_are_refused_before_the_source_is_called()
    {
        var many = Enumerable.Range(0, 256).Select(i => $"{_key}:{i}").ToArray();

        Assert.Equal("tags", (await Assert.ThrowsAnyAsync<ArgumentException>(() => LookUpAsync(null, many))).ParamName);
        Assert.Equal("tags", (await Assert.ThrowsAnyAsync<ArgumentException>(() => LookUpAsync(null, [new string('t', 65_536)]))).ParamName);
        Assert.Equal(0, _calls);
        Assert.Equal(1, await LookUpAsync(null, [.. many[1..], many[1]]));
    }

    private async Task<long> ExistsAsync() => (long)await _redis.Master.ExecuteAsync("EXISTS", _key);

    private async Task<int> LookUpAsync(CacheEntryOptions? options, string[]? tags = null) =>
        (await _host.Cache.LookupAsync(_key, _ => ValueTask.FromResult(++_calls), options, tags, Cancellation)).Value;
}
