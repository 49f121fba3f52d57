namespace RedisAspire.Web.Api;

/// <summary>Registers the client of the API.</summary>
internal static class CacheApiServiceCollectionExtensions
{
    public static IServiceCollection AddCacheApiClient(this IServiceCollection services)
    {
        services.AddTransient<FailureHandler>();
        services.AddTransient<AdminKeyHandler>();
        services.AddHttpClient<CacheApiClient>(http =>
            {
                http.BaseAddress = new Uri("https+http://apiservice");
                // Shorter than one attempt of the resilience pipeline, so that it is this client that says what happened.
                http.Timeout = TimeSpan.FromSeconds(9);
            })
            .AddHttpMessageHandler<FailureHandler>()
            .AddHttpMessageHandler<AdminKeyHandler>()
            // One request per second is not worth four lines of log each; failures are told where they matter.
            .RemoveAllLoggers();
        return services;
    }
}
