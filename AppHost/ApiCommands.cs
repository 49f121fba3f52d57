namespace RedisAspire.AppHost;

/// <summary>What the dashboard can have the API do.</summary>
internal static class ApiCommands
{
    /// <summary>Adds the commands.</summary>
    /// <param name="api">The API.</param>
    /// <param name="adminKey">What its requests must carry.</param>
    /// <returns>The API.</returns>
    public static IResourceBuilder<ProjectResource> WithApiCommands(this IResourceBuilder<ProjectResource> api, IResourceBuilder<ParameterResource> adminKey) => api
        .WithHttpCommand("/api/cache", "Flush our keys", commandName: "flush", commandOptions: new HttpCommandOptions
        {
            Method = HttpMethod.Delete,
            PrepareRequest = WithKey(adminKey),
            ResultMode = HttpCommandResultMode.Auto,
            Description = "Removes every cached value; the catalogue stays.",
            ConfirmationMessage = "Remove every cached value?",
            IconName = "Broom",
        })
        .WithHttpCommand("/api/db/seed", "Seed catalogue", commandName: "seed", commandOptions: new HttpCommandOptions
        {
            PrepareRequest = WithKey(adminKey),
            ResultMode = HttpCommandResultMode.Auto,
            Description = "Adds the sample products that are not there.",
            ConfirmationMessage = "Add the sample products?",
            IconName = "DatabaseArrowDown",
        });

    private static Func<HttpCommandRequestContext, Task> WithKey(IResourceBuilder<ParameterResource> adminKey) => async context =>
        context.Request.Headers.Add("X-Admin-Key", await adminKey.Resource.GetValueAsync(context.CancellationToken));
}
