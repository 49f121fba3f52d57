using System.Collections.Concurrent;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace RedisAspire.Caching.Serialization;

/// <summary>
/// Finds the serializer of a type: one registered for it, else the last registered factory that knows it,
/// else text for strings, bytes for byte arrays, JSON for the rest. The order is the one of
/// https://learn.microsoft.com/aspnet/core/performance/caching/hybrid#serialization.
/// </summary>
internal sealed class SerializerCatalog(IServiceProvider services, IOptions<ReplicatedCacheOptions> options)
{
    private readonly ConcurrentDictionary<Type, object> _serializers = new();

    /// <summary>The serializer of a type.</summary>
    /// <exception cref="NotSupportedException">There is none that could read back what it has written.</exception>
    public IHybridCacheSerializer<T> Get<T>() =>
        (IHybridCacheSerializer<T>)_serializers.GetOrAdd(typeof(T), static (_, self) => self.Find<T>(), this);

    private object Find<T>()
    {
        if (services.GetService<IHybridCacheSerializer<T>>() is { } registered)
            return registered;

        foreach (var factory in services.GetServices<IHybridCacheSerializerFactory>().Reverse())
        {
            if (factory.TryCreateSerializer<T>(out var created))
                return created;
        }

        if (typeof(T) == typeof(string))
            return new TextSerializer();
        if (typeof(T) == typeof(byte[]))
            return new BytesSerializer();
        return new JsonSerializer<T>(options.Value.SerializerOptions);
    }
}
