namespace RedisAspire.Web.Api;

/// <summary>Registers the clients of the API.</summary>
internal static class CacheApiServiceCollectionExtensions
{
    public static IServiceCollection AddApiClients(this IServiceCollection services)
    {
        services.AddTransient<FailureHandler>();
        services.AddHttpClient(ApiConnection.ClientName, ApiConnection.Configure)
            // The connections are shared by all visitors, and a cookie is one visitor's.
            .UseSocketsHttpHandler(static (handler, _) => handler.UseCookies = false)
            .AddHttpMessageHandler<FailureHandler>()
            // The callers report failures.
            .RemoveAllLoggers();
        // Each visitor has one connection, which carries the address and rights of the visitor.
        services.AddScoped<ApiConnection>();
        services.AddScoped<CacheApiClient>();
        services.AddScoped<NodeClient>();
        services.AddScoped<KeysClient>();
        services.AddScoped<ConsoleClient>();
        services.AddScoped<CatalogueClient>();
        services.AddScoped<BenchClient>();
        services.AddScoped<CountingClient>();
        services.AddScoped<QueueClient>();
        services.AddScoped<SessionClient>();
        services.AddSingleton<ClassroomClient>();
        return services;
    }
}
