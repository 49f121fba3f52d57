namespace RedisAspire.Web.Api;

/// <summary>Registers the clients of the API.</summary>
internal static class CacheApiServiceCollectionExtensions
{
    public static IServiceCollection AddApiClients(this IServiceCollection services)
    {
        services.AddTransient<FailureHandler>();
        services.AddHttpClient(ApiConnection.ClientName, http =>
            {
                http.BaseAddress = new Uri("https+http://apiservice");
                // Shorter than one attempt of the resilience pipeline, so that it is this client that says what happened.
                http.Timeout = TimeSpan.FromSeconds(9);
            })
            .AddHttpMessageHandler<FailureHandler>()
            // Failures are told where they matter.
            .RemoveAllLoggers();
        // One for each visitor.
        services.AddScoped<ApiConnection>();
        services.AddScoped<CacheApiClient>();
        services.AddScoped<NodeClient>();
        services.AddScoped<KeysClient>();
        services.AddScoped<CatalogueClient>();
        services.AddScoped<BenchClient>();
        services.AddScoped<CountingClient>();
        services.AddScoped<QueueClient>();
        return services;
    }
}
