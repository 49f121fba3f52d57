using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using RedisAspire.ApiService.Storage;
using RedisAspire.Caching;
using RedisAspire.Caching.Topology;

namespace RedisAspire.ApiService.Sessions;

/// <summary>Sessions in Redis, so that every instance knows every visitor.</summary>
internal static class SessionExtensions
{
    /// <summary>How long a session lives after it was last used.</summary>
    public static TimeSpan IdleTimeout { get; } = TimeSpan.FromMinutes(20);

    public static IServiceCollection AddSessions(this IServiceCollection services)
    {
        services.AddApplicationStore();
        services.AddReplicatedDistributedCache();
        services.AddSession(session =>
        {
            session.IdleTimeout = IdleTimeout;
            session.IOTimeout = TimeSpan.FromSeconds(2);
            session.Cookie.Name = "redisaspire-session";
            session.Cookie.HttpOnly = true;
            session.Cookie.SameSite = SameSiteMode.Lax;
            session.Cookie.IsEssential = true;
        });

        // The cookie is encrypted: every instance needs the same keys, whatever folder it runs in.
        services.AddDataProtection().SetApplicationName("RedisAspire.ApiService");
        // It reads the keys when the service starts, before a master is known, and calls that an error. Whoever needs
        // them first reads them.
        services.Remove(services.Single(service => service.ServiceType == typeof(IHostedService) && service.ImplementationType?.Assembly == typeof(KeyManagementOptions).Assembly));
        services.AddSingleton<RedisKeyRepository>();
        // It warns that keys are not encrypted in Redis. Nor are the sessions that they are for.
        services.AddLogging(logging => logging.AddFilter("Microsoft.AspNetCore.DataProtection.KeyManagement.XmlKeyManager", LogLevel.Error));
        services.AddOptions<KeyManagementOptions>().Configure<RedisKeyRepository>((keys, repository) => keys.XmlRepository = repository);
        return services;
    }

    /// <summary>Opens the session for those requests that are about it, and for no others.</summary>
    public static IApplicationBuilder UseSessions(this IApplicationBuilder app) => app.UseWhen(
        static context => context.Request.Path.StartsWithSegments(SessionEndpoints.Path, StringComparison.OrdinalIgnoreCase),
        static branch => branch.Use(RequireRedisAsync).UseSession());

    // Without Redis the cookie cannot be read, and the visitor would get a new one, which loses the session for good.
    private static async Task RequireRedisAsync(HttpContext context, RequestDelegate next)
    {
        _ = context.RequestServices.GetRequiredService<RedisMaster>().Database;
        try
        {
            await next(context);
        }
        catch (CryptographicException failure) when (failure.InnerException is { } cause && RedisErrors.IsFailure(cause, context.RequestAborted))
        {
            throw new RedisUnavailableException("The keys of the sessions' cookies cannot be read.", failure);
        }
    }
}
