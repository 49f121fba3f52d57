using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.StackExchangeRedis;
using RedisAspire.Caching;

namespace RedisAspire.ApiService.Sessions;

/// <summary>Sessions in Redis, so that every instance knows every visitor.</summary>
internal static class SessionExtensions
{
    public static TimeSpan IdleTimeout { get; } = TimeSpan.FromMinutes(20);

    public static void AddSessions(this IServiceCollection services)
    {
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

        // The cookie is encrypted: every instance needs the same keys, whatever folder it runs in. They are read from the
        // master, because a replica that does not have a key yet would have another one made.
        services.AddDataProtection().SetApplicationName("RedisAspire.ApiService");
        services.AddOptions<KeyManagementOptions>().Configure<RedisMaster>(
            (keys, master) => keys.XmlRepository = new RedisXmlRepository(() => master.Database, "app:data-protection:keys"));
        // The framework reads the keys when the service starts, before a master is known, and logs an error. The first
        // session reads them in time.
        services.Remove(services.Single(service => service.ServiceType == typeof(IHostedService) && service.ImplementationType?.Assembly == typeof(KeyManagementOptions).Assembly));
        // The framework warns that the keys are not encrypted in Redis. Nor are the sessions that they protect.
        services.AddLogging(logging => logging.AddFilter("Microsoft.AspNetCore.DataProtection.KeyManagement.XmlKeyManager", LogLevel.Error));
    }

    /// <summary>Loads the session for requests to its endpoints only.</summary>
    public static IApplicationBuilder UseSessions(this IApplicationBuilder app) => app.UseWhen(
        static context => context.Request.Path.StartsWithSegments(SessionEndpoints.Path, StringComparison.OrdinalIgnoreCase),
        static branch => branch.Use(RequireRedisAsync).UseSession());

    // Without Redis the cookie cannot be decrypted, and the visitor would get a new one and lose the session.
    private static async Task RequireRedisAsync(HttpContext context, RequestDelegate next)
    {
        _ = context.RequestServices.GetRequiredService<RedisMaster>().Database;
        try
        {
            await next(context);
        }
        catch (CryptographicException failure) when (failure.InnerException is { } cause && RedisErrors.IsFailure(cause, context.RequestAborted))
        {
            throw new RedisUnavailableException("The keys that encrypt the session cookies cannot be read.", failure);
        }
    }
}
