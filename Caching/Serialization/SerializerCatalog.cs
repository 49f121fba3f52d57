using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.DependencyInjection;

namespace RedisAspire.Caching.Serialization;

/// <summary>
/// Finds the serializer of a type: one registered for it, else the last registered factory that knows it,
/// else text for strings, bytes for byte arrays, JSON for the rest. The order is the one of
/// https://learn.microsoft.com/aspnet/core/performance/caching/hybrid#serialization.
/// </summary>
internal sealed class SerializerCatalog(IServiceProvider services)
{
    private readonly ConcurrentDictionary<Type, object> _serializers = new();

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
        return new JsonSerializer<T>(JsonSerializerOptions.Web);
    }
}
