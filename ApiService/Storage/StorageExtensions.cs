using Microsoft.Extensions.DependencyInjection.Extensions;

namespace RedisAspire.ApiService.Storage;

/// <summary>Adds what every feature needs that keeps something in Redis.</summary>
internal static class StorageExtensions
{
    public static IServiceCollection AddApplicationStore(this IServiceCollection services)
    {
        services.TryAddSingleton<ApplicationStore>();
        services.TryAddSingleton<ServiceInstance>();
        return services;
    }
}
