using System.Globalization;
using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RedisAspire.Hosting;

namespace RedisAspire.AppHost;

/// <summary>Shows the addresses of all parts: once on the console when everything is healthy, and by the dashboard command <i>How to connect</i>.</summary>
internal static class ConnectionSummary
{
    /// <summary>Adds the summary. There is none while the application is verified.</summary>
    public static IResourceBuilder<RedisReplicationResource> WithSummary(
        this IResourceBuilder<RedisReplicationResource> redis, LaunchOptions options, IResourceBuilder<ProjectResource> api, IResourceBuilder<ProjectResource> web,
        IResourceBuilder<ParameterResource> adminKey, IResourceBuilder<ParameterResource> operatorToken)
    {
        if (redis.ApplicationBuilder.ExecutionContext.IsPublishMode || options.Verify)
            return redis;

        redis.ApplicationBuilder.Services.AddHostedService(services => new OnceHealthy(
            services.GetRequiredService<ResourceNotificationService>(),
            [redis.Resource.Name, .. redis.Resource.Members.Select(member => member.Name), api.Resource.Name, web.Resource.Name],
            cancellationToken => ComposeAsync(services, cancellationToken)));
        return redis.WithCommand(
            "connect",
            "How to connect",
            async context => CommandResults.Success(
                "How to connect", await ComposeAsync(context.Services, context.CancellationToken), CommandResultFormat.Text, displayImmediately: true),
            new CommandOptions { Description = "Shows all addresses, with redis-cli commands and the admin key.", IconName = "PlugConnected", IsHighlighted = true });

        async Task<string> ComposeAsync(IServiceProvider services, CancellationToken cancellationToken)
        {
            var text = new StringBuilder();
            var page = web.GetEndpoint("http").Url;
            Row("Web page", options.Open ? $"{page} (every visitor may change and break things)" : page);
            if (!options.Open)
                Row("  for operators", await LaunchExtensions.LoginLinkAsync(page, operatorToken, cancellationToken));
            if (!string.IsNullOrEmpty(options.Host))
                text.Append("  Everybody who can reach that address can look at the page. It has no TLS: names, tokens and values can be read on the way.\n");
            if (options.Class)
                Row("Class", $"{page}/class");
            Row("API", api.GetEndpoint("http").Url);
            if (DashboardLink(services.GetRequiredService<IConfiguration>()) is { } dashboard)
                Row("Dashboard", dashboard);
            Row("Admin key", await adminKey.Resource.GetValueAsync(cancellationToken) ?? "");
            text.Append('\n');
            var roles = services.MonitorOf(redis.Resource).Snapshot?.Nodes.ToDictionary(node => node.Name, node => node.IsUp ? node.Role.ToString().ToLowerInvariant() : "down", StringComparer.Ordinal) ?? [];
            foreach (var member in redis.Resource.Members)
                Row(member.Name, $"{(member.IsSentinel ? "sentinel" : roles.GetValueOrDefault(member.Name, "unknown")),-9}{await member.RedisCliCommandAsync(redis.Resource, cancellationToken)}");
            return text.ToString();

            void Row(string label, string value) => text.Append(CultureInfo.InvariantCulture, $"  {label,-18}{value}\n");
        }
    }

    private static string? DashboardLink(IConfiguration configuration) =>
        DashboardLinks.DashboardAddress(configuration) is { } address && configuration["AppHost:BrowserToken"] is { Length: > 0 } token
            ? $"{address}/login?t={token}"
            : null;

    private sealed class OnceHealthy(ResourceNotificationService notifications, IReadOnlyList<string> names, Func<CancellationToken, Task<string>> compose) : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            try
            {
                await Task.WhenAll(names.Select(name => notifications.WaitForResourceHealthyAsync(name, stoppingToken)));
                Console.WriteLine($"\nEverything is up.\n\n{await compose(stoppingToken)}\nCtrl-C ends everything.\n");
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                // The application was stopped before everything was up.
            }
            // A failure of the summary must not end the application.
            catch (Exception failure)
            {
                await Console.Error.WriteLineAsync($"Not everything is up: {failure.Message}");
            }
        }
    }
}
