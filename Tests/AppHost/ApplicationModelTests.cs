using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace RedisAspire.Tests.AppHost;

/// <summary>The app host's model, without starting anything.</summary>
public sealed class ApplicationModelTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task There_are_a_master_three_replicas_the_API_and_the_web_page()
    {
        await using var application = await BuildAsync();

        var names = Resources(application).Where(resource => resource is RedisResource or ProjectResource).Select(resource => resource.Name);

        Assert.Equal(["redis-master", "redis-replica-1", "redis-replica-2", "redis-replica-3", "apiservice", "webfrontend"], names);
    }

    [Fact]
    public async Task Every_node_has_the_same_settings_and_replicas_follow_the_master()
    {
        await using var application = await BuildAsync();

        foreach (var node in Resources(application).OfType<RedisResource>())
        {
            var arguments = await ArgumentsAsync(application, node);
            Assert.Contains("--requirepass $REDIS_PASSWORD --masterauth $REDIS_PASSWORD", arguments);
            Assert.Contains("--maxmemory 256mb --maxmemory-policy volatile-lru", arguments);
            Assert.Contains("--appendonly yes", arguments);
            Assert.Equal(node.Name != "redis-master", arguments.Contains("--replicaof {redis-master.bindings.tcp.host} {redis-master.bindings.tcp.port}", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task The_API_is_given_every_node_and_waits_for_it()
    {
        await using var application = await BuildAsync();
        var api = Resources(application).OfType<ProjectResource>().Single(project => project.Name == "apiservice");
        var nodes = Resources(application).OfType<RedisResource>().Select(node => node.Name).ToArray();

        var references = api.Annotations.OfType<ResourceRelationshipAnnotation>()
            .Where(relationship => relationship.Type == "Reference").Select(relationship => relationship.Resource.Name).Intersect(nodes);
        var waits = api.Annotations.OfType<WaitAnnotation>().Select(wait => wait.Resource.Name);

        Assert.Equal(nodes, references);
        Assert.Equal(nodes, waits.Intersect(nodes));
    }

    private static async Task<DistributedApplication> BuildAsync()
    {
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>(["Parameters:redis-password=test-password"], Cancellation);
        return await builder.BuildAsync(Cancellation);
    }

    private static IResourceCollection Resources(DistributedApplication application) =>
        application.Services.GetRequiredService<DistributedApplicationModel>().Resources;

    // Values that are only known at run time appear as the expressions of the manifest.
    private static async Task<string> ArgumentsAsync(DistributedApplication application, IResourceWithArgs resource)
    {
        var context = new CommandLineArgsCallbackContext([], resource, Cancellation)
        {
            ExecutionContext = application.Services.GetRequiredService<DistributedApplicationExecutionContext>(),
        };
        foreach (var annotation in ((IResource)resource).Annotations.OfType<CommandLineArgsCallbackAnnotation>())
            await annotation.Callback(context);
        return string.Join(' ', context.Args.Select(argument => argument is IManifestExpressionProvider expression ? expression.ValueExpression : argument));
    }
}
