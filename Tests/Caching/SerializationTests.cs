using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.DependencyInjection;
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
