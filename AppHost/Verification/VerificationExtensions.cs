using Microsoft.Extensions.DependencyInjection;
using RedisAspire.AppHost.FaultInjection;
using RedisAspire.Hosting;
using StackExchange.Redis;

namespace RedisAspire.AppHost.Verification;

/// <summary><c>./run verify</c>, and the command <i>Verify</i> on the dashboard.</summary>
internal static class VerificationExtensions
{
    public static IResourceBuilder<RedisReplicationResource> WithVerification(
        this IResourceBuilder<RedisReplicationResource> redis, IResourceBuilder<ProjectResource> api, IResourceBuilder<ParameterResource> adminKey)
    {
        if (redis.ApplicationBuilder.ExecutionContext.IsPublishMode)
            return redis;
        redis.WithAnnotation(new VerificationAnnotation(api.Resource, adminKey.Resource));
        return redis.WithCommand(
            "verify",
            "Verify",
            async context =>
            {
                var lines = new List<string>();
                var report = new VerificationReport(lines.Add);
                try
                {
                    await VerifyAsync(redis.Resource, context.Services, report, context.CancellationToken);
                }
                catch (Exception failure) when (failure is RedisException or RedisTimeoutException or HttpRequestException)
                {
                    report.Check(holds: false, failure.Message);
                }

                var text = string.Join('\n', [.. lines, "", report.Conclusion]);
                return report.Failed == 0
                    ? CommandResults.Success(report.Conclusion, text, CommandResultFormat.Text, displayImmediately: true)
                    : CommandResults.Failure(text);
            },
            new CommandOptions
            {
                Description = "Checks replication and cache step by step, and removes what it writes. It waits once until a value has expired.",
                ConfirmationMessage = "Verify replication and cache? This takes as long as a value is cached.",
                IconName = "ClipboardCheckmark",
                Progress = new CommandProgressOptions { Message = "Every step is checked. It waits until a value has expired." },
            });
    }

    /// <summary>Starts the application, verifies it and ends it. Whether every check held is the result.</summary>
    public static async Task<bool> VerifyAsync(this IResourceBuilder<RedisReplicationResource> redis, DistributedApplication application, CancellationToken cancellationToken)
    {
        var resource = redis.Resource;
        Console.WriteLine($"Starting a Redis master, {resource.NodeMembers.Count() - 1} replicas, {resource.SentinelMembers.Count()} sentinels and the API …");
        await application.StartAsync(cancellationToken);
        try
        {
            var names = resource.Members.Select(member => member.Name).Append(resource.Annotations.OfType<VerificationAnnotation>().Single().Api.Name);
            await Task.WhenAll(names.Select(name => application.ResourceNotifications.WaitForResourceHealthyAsync(name, cancellationToken)));
            var report = new VerificationReport(Console.WriteLine);
            await VerifyAsync(resource, application.Services, report, cancellationToken);
            Console.WriteLine($"\n{report.Conclusion}");
            return report.Failed == 0;
        }
        finally
        {
            await application.StopAsync(CancellationToken.None);
        }
    }

    private static async Task VerifyAsync(RedisReplicationResource redis, IServiceProvider services, VerificationReport report, CancellationToken cancellationToken)
    {
        var annotation = redis.Annotations.OfType<VerificationAnnotation>().Single();
        var master = services.MonitorOf(redis).Snapshot?.Master;
        var nodes = new List<VerifiedNode>();
        var sentinels = new List<VerifiedNode>();
        try
        {
            foreach (var member in redis.Members)
            {
                var node = new VerifiedNode(
                    member.Name,
                    $"{member.Endpoint.Host}:{member.Endpoint.Port}",
                    (await member.PeerAddress(redis.Runtime).GetValueAsync(cancellationToken))!,
                    member.Name == master,
                    await ConnectionMultiplexer.ConnectAsync(await member.OptionsAsync(cancellationToken)));
                (member.IsSentinel ? sentinels : nodes).Add(node);
            }

            using var api = services.GetRequiredService<IHttpClientFactory>().CreateClient();
            api.BaseAddress = new Uri(annotation.Api.GetEndpoint("http").Url);
            api.DefaultRequestHeaders.Add(AdminKeyFilter.Header, await annotation.AdminKey.GetValueAsync(cancellationToken));
            await new WorkshopVerification(nodes, sentinels, api, report).RunAsync(cancellationToken);
        }
        finally
        {
            foreach (var node in nodes.Concat(sentinels))
                await node.Connection.DisposeAsync();
        }
    }

    private sealed record VerificationAnnotation(ProjectResource Api, ParameterResource AdminKey) : IResourceAnnotation;
}
