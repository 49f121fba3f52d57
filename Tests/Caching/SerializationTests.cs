using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.DependencyInjection;
using RedisAspire.Caching;
using RedisAspire.Caching.Lookup;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.Caching;

public sealed class SerializationTests(RedisFixture fixture) : IClassFixture<RedisFixture>
{
    private readonly string _key = $"key-{Guid.NewGuid():N}";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_registered_serializer_decides_what_is_in_Redis()
    {
        await using var host = await CacheHost.StartAsync(fixture.Redis, services: services => services.AddSingleton<IHybridCacheSerializer<Point>, PointSerializer>());

        await host.Cache.SetAsync(_key, new Point(1, 2), cancellationToken: Cancellation);

        Assert.Equal("1;2", (string?)await fixture.Redis.Master.ExecuteAsync("GET", _key));
        Assert.Equal(new Point(1, 2), await host.Cache.GetOrCreateAsync(_key, _ => ValueTask.FromResult(new Point(9, 9)), cancellationToken: Cancellation));
    }

    [Fact]
    public async Task A_registered_factory_decides_for_the_types_it_knows()
    {
        await using var host = await CacheHost.StartAsync(fixture.Redis, services: services => services.AddSingleton<IHybridCacheSerializerFactory, PointFactory>());

        await host.Cache.SetAsync(_key, new Point(3, 4), cancellationToken: Cancellation);
        await host.Cache.SetAsync(_key + ":list", new List<int> { 1 }, cancellationToken: Cancellation);

        Assert.Equal("3;4", (string?)await fixture.Redis.Master.ExecuteAsync("GET", _key));
        Assert.Equal("[1]", (string?)await fixture.Redis.Master.ExecuteAsync("GET", _key + ":list"));
    }

    [Fact]
    public async Task Bytes_are_stored_as_they_are_and_every_caller_gets_its_own()
    {
        await using var host = await CacheHost.StartAsync(fixture.Redis);
        byte[] value = [0xFF, 0, 1, 2];
        await host.Cache.SetAsync(_key, value, cancellationToken: Cancellation);

        for (var i = 0; i < 4; i++)
        {
            var read = await host.Cache.GetOrCreateAsync(_key, _ => ValueTask.FromResult(Array.Empty<byte>()), cancellationToken: Cancellation);
            Assert.Equal(value, read);
            read[0] = 0;
        }
    }

    [Fact]
    public async Task Tuples_structs_and_records_with_fields_come_back_as_they_were()
    {
        await using var host = await CacheHost.StartAsync(fixture.Redis);

        await ComesBackAsync(host, (1, "one"));
        await ComesBackAsync<(int, string)?>(host, (1, "one"));
        await ComesBackAsync(host, new Vector2(1, 2));
        await ComesBackAsync(host, new Fields { Number = 7, Text = "seven" });
        await ComesBackAsync(host, new Mixed("name") { Field = 3 });
        await ComesBackAsync(host, new Wrapper((2, "two")));
        await ComesBackAsync(host, new Dictionary<string, (int, int)> { ["a"] = (1, 2) });
        await ComesBackAsync(host, new List<(int Number, string Text)> { (3, "three") });
    }

    [Fact]
    public async Task A_type_that_would_come_back_empty_is_refused_before_the_source_is_called()
    {
        await using var host = await CacheHost.StartAsync(fixture.Redis);

        await IsRefusedAsync(host, new Hidden(1));
        await IsRefusedAsync(host, new List<Hidden> { new(1) });
        await IsRefusedAsync(host, new Dictionary<string, HiddenHolder> { ["a"] = new(new Hidden(1)) });
        await IsRefusedAsync<IShape>(host, new Circle(1));
    }

    [Fact]
    public async Task A_value_that_cannot_be_serialized_is_served_to_all_and_not_cached()
    {
        await using var host = await CacheHost.StartAsync(fixture.Redis);
        var ring = new Ring();
        ring.Next = ring;
        var release = new TaskCompletionSource();

        var callers = Enumerable.Range(0, 5).Select(_ => host.Cache.GetOrCreateAsync(_key, async _ =>
        {
            await release.Task;
            return ring;
        }, cancellationToken: Cancellation).AsTask()).ToArray();
        release.SetResult();
        Assert.All(await Task.WhenAll(callers), served => Assert.Same(ring, served));
        Assert.Single(await host.Cache.GetOrCreateAsync(_key, _ => ValueTask.FromResult(new Dictionary<(int, int), string> { [(1, 2)] = "a" }), cancellationToken: Cancellation));
        Assert.Equal("a\uD800", await host.Cache.GetOrCreateAsync(_key, _ => ValueTask.FromResult("a\uD800"), cancellationToken: Cancellation));

        Assert.True((await fixture.Redis.Master.ExecuteAsync("GET", _key)).IsNull);
    }

    [Fact]
    public async Task A_write_of_a_value_that_cannot_be_serialized_does_not_leave_the_old_one()
    {
        await using var host = await CacheHost.StartAsync(fixture.Redis);
        var ring = new Ring();
        await host.Cache.SetAsync(_key, ring, cancellationToken: Cancellation);
        ring.Next = ring;

        await host.Cache.SetAsync(_key, ring, cancellationToken: Cancellation);

        Assert.True((await fixture.Redis.Master.ExecuteAsync("GET", _key)).IsNull);
    }

    [Fact]
    public async Task What_the_process_keeps_as_another_type_is_a_miss_when_it_cannot_be_read()
    {
        await using var host = await CacheHost.StartAsync(fixture.Redis);
        await host.Cache.SetAsync(_key, new List<int> { 1 }, cancellationToken: Cancellation);
        await Eventually.HoldsAsync("the list is near", async () =>
            (await host.Cache.LookupAsync(_key, _ => ValueTask.FromResult(new List<int>()), cancellationToken: Cancellation)).Level == CacheLevel.Near);

        var found = await host.Cache.LookupAsync(_key, _ => ValueTask.FromResult(new Dictionary<string, int> { ["a"] = 1 }), cancellationToken: Cancellation);

        Assert.Equal((CacheLevel.Source, 1), (found.Level, found.Value["a"]));
    }

    [Fact]
    public async Task That_there_is_no_value_is_null_however_often_it_is_looked_up_and_no_number()
    {
        await using var host = await CacheHost.StartAsync(fixture.Redis);
        await Eventually.HoldsAsync("it is near", async () =>
        {
            var found = await host.Cache.LookupAsync<object?>(_key, _ => ValueTask.FromResult<object?>(null), cancellationToken: Cancellation);
            Assert.Null(found.Value);
            return found.Level == CacheLevel.Near;
        });

        Assert.Null(await host.Cache.GetOrCreateAsync<object?>(_key, _ => ValueTask.FromResult<object?>("never"), cancellationToken: Cancellation));
        Assert.Equal(7, await host.Cache.GetOrCreateAsync(_key, _ => ValueTask.FromResult(7), cancellationToken: Cancellation));
    }

    [Fact]
    public async Task Callers_that_wait_together_are_all_told_that_there_is_no_value()
    {
        await using var host = await CacheHost.StartAsync(fixture.Redis);
        var release = new TaskCompletionSource();

        var callers = Enumerable.Range(0, 5).Select(_ => host.Cache.GetOrCreateAsync<Ring?>(_key, async _ =>
        {
            await release.Task;
            return null;
        }, cancellationToken: Cancellation).AsTask()).ToArray();
        release.SetResult();

        Assert.All(await Task.WhenAll(callers), Assert.Null);
        var readers = Enumerable.Range(0, 50).Select(_ => host.Cache.GetOrCreateAsync<Ring?>(
            _key, _ => ValueTask.FromResult<Ring?>(new Ring()), new HybridCacheEntryOptions { Flags = HybridCacheEntryFlags.DisableLocalCache }, cancellationToken: Cancellation).AsTask());
        Assert.All(await Task.WhenAll(readers), Assert.Null);
    }

    [Fact]
    public async Task An_applications_own_JSON_options_are_used()
    {
        await using var host = await CacheHost.StartAsync(
            fixture.Redis, options => options.SerializerOptions = new JsonSerializerOptions { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseUpper });

        await host.Cache.SetAsync(_key, new Point(1, 2), cancellationToken: Cancellation);

        Assert.Equal("{\"X\":1,\"Y\":2}", (string?)await fixture.Redis.Master.ExecuteAsync("GET", _key));
        Assert.Equal(new Point(1, 2), await host.Cache.GetOrCreateAsync(_key, _ => ValueTask.FromResult(new Point(9, 9)), cancellationToken: Cancellation));
        await IsRefusedAsync(host, (1, 2));
    }

    private async Task ComesBackAsync<T>(CacheHost host, T value)
    {
        var key = $"{_key}:{typeof(T)}";
        await host.Cache.SetAsync(key, value, cancellationToken: Cancellation);

        var found = await host.Cache.LookupAsync<T>(key, _ => throw new InvalidOperationException("not stored"), cancellationToken: Cancellation);

        Assert.Equal(CacheLevel.Redis, found.Level);
        Assert.Equal(value, found.Value);
    }

    private async Task IsRefusedAsync<T>(CacheHost host, T value)
    {
        var calls = 0;
        ValueTask<T> Source(CancellationToken cancellationToken)
        {
            calls++;
            return ValueTask.FromResult(value);
        }

        await Assert.ThrowsAsync<NotSupportedException>(async () => await host.Cache.GetOrCreateAsync(_key, Source, cancellationToken: Cancellation));
        await Assert.ThrowsAsync<NotSupportedException>(async () => await host.Cache.SetAsync(_key, value, cancellationToken: Cancellation));
        Assert.Equal(0, calls);
    }

    [Fact]
    public async Task A_large_value_costs_the_array_that_is_stored_and_no_other()
    {
        await using var host = await CacheHost.StartAsync(fixture.Redis);
        var codec = host.Services.GetRequiredService<EntryCodec>();
        var policy = new EntryPolicy(new CacheEntryOptions { StaleWindow = TimeSpan.FromMinutes(1) }, new ReplicatedCacheOptions());
        var text = new string('é', 100_000);
        var numbers = Enumerable.Range(0, 50_000).ToArray();

        AssertOneArray(text);
        AssertOneArray(numbers);
        AssertOneArray(new byte[300_000]);

        void AssertOneArray<T>(T value)
        {
            var stored = codec.Pack("key", value, policy, [])!.Value.Payload.Length;
            Assert.InRange(Allocations.Of(() => codec.Pack("key", value, policy, [])), stored, stored + 2_000);
        }
    }

    [Fact]
    public async Task Bytes_that_look_like_metadata_come_back_as_they_were()
    {
        await using var host = await CacheHost.StartAsync(fixture.Redis);
        var codec = host.Services.GetRequiredService<EntryCodec>();
        var policy = new EntryPolicy(new CacheEntryOptions(), new ReplicatedCacheOptions());
        byte[] value = [0xFF, 1, 0, 0];

        var packed = codec.Pack("key", value, policy, [])!.Value;

        Assert.Equal(value, packed.Bytes.ToArray());
        Assert.True(codec.TryDecode<byte[]>("key", packed.Payload, out _, out var decoded, out _));
        Assert.Equal(value, decoded);
    }

    private struct Fields
    {
        public int Number;
        public string Text;
    }

    private sealed record Mixed(string Name)
    {
        public int Field;
    }

    private sealed record Wrapper((int Number, string Text) Pair);

    private sealed class Hidden(int number)
    {
        public int Twice() => number * 2;
    }

    private sealed record HiddenHolder(Hidden Hidden);

    private interface IShape
    {
        int Size { get; }
    }

    private sealed record Circle(int Size) : IShape;

    private sealed class Ring
    {
        public Ring? Next { get; set; }
    }

    private sealed record Point(int X, int Y);

    private sealed class PointSerializer : IHybridCacheSerializer<Point>
    {
        public Point Deserialize(ReadOnlySequence<byte> source)
        {
            var parts = Encoding.UTF8.GetString(source).Split(';');
            return new Point(int.Parse(parts[0]), int.Parse(parts[1]));
        }

        public void Serialize(Point value, IBufferWriter<byte> target) => Encoding.UTF8.GetBytes($"{value.X};{value.Y}", target);
    }

    private sealed class PointFactory : IHybridCacheSerializerFactory
    {
        public bool TryCreateSerializer<T>([NotNullWhen(true)] out IHybridCacheSerializer<T>? serializer)
        {
            serializer = typeof(T) == typeof(Point) ? (IHybridCacheSerializer<T>)(object)new PointSerializer() : null;
            return serializer is not null;
        }
    }
}
