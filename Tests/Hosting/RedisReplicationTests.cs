using System.Text.Json;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Publishing;
using Microsoft.Extensions.DependencyInjection;
using RedisAspire.Hosting;
using RedisAspire.RedisProcesses;
using RedisAspire.Tests.AppHost;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.Hosting;

/// <summary>The integration in somebody else's app host.</summary>
public sealed class RedisReplicationTests
{
    [Fact]
    public async Task Settings_apply_to_all_nodes_in_whatever_order_they_are_given()
    {
        var builder = AppHostUnderTest.CreateEmpty("--Redis:Runtime=process");
        builder.AddRedisReplication("cache").WithMaxMemory("1gb").WithHostPort(7000, 27000).WithReadReplicas(1).WithAppendOnly().WithReadReplicas(1).WithSentinels(1);
        await using var application = builder.Build();
        var redis = application.Redis();

        Assert.Equal(["cache-master", "cache-replica-1", "cache-replica-2"], redis.Nodes.Select(node => node.Name));
        Assert.Equal(["cache-sentinel-1"], redis.Sentinels.Select(sentinel => sentinel.Name));
        var configuration = RedisConfiguration.OfNode(redis.Settings, new RedisUsers("secret"), LocalRunner.OnLoopback(7000, "/tmp"), master: null);
        Assert.Contains("maxmemory 1gb\nmaxmemory-policy noeviction\nappendonly yes\n", configuration, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_container_speaks_no_TLS_and_starts_without_a_shell_with_its_configuration_as_a_file()
    {
        var builder = AppHostUnderTest.CreateEmpty("--ASPIRE_CONTAINER_RUNTIME=/bin/true", "--Redis:Runtime=container");
        builder.AddRedisReplication("cache").WithReadReplicas(1).WithSentinels(1).WithDataVolume().WithRedisInsight();
        await using var application = builder.Build();
        var redis = application.Redis();

        Assert.All(redis.Nodes.Concat<ContainerResource>(redis.Sentinels), member =>
        {
#pragma warning disable ASPIRECERTIFICATES001 // Still under evaluation.
            Assert.False(member.Annotations.OfType<HttpsCertificateAnnotation>().Single().UseDeveloperCertificate);
#pragma warning restore ASPIRECERTIFICATES001
#pragma warning disable ASPIRECONTAINERSHELLEXECUTION001 // Still under evaluation.
            Assert.False(member.ShellExecution);
#pragma warning restore ASPIRECONTAINERSHELLEXECUTION001
            Assert.Equal("8.6", member.Annotations.OfType<ContainerImageAnnotation>().Single().Tag);
            Assert.Single(member.Annotations.OfType<ContainerFileSystemCallbackAnnotation>());
        });
        Assert.Equal(TimeSpan.FromSeconds(60), redis.Settings.WithDefaultPersistence().SnapshotInterval);
        Assert.Contains("sentinel resolve-hostnames yes", RedisConfiguration.OfSentinel(
            new RedisUsers("secret"), new RedisPlace("26379", "/data", "s", "26379", IsContainer: true), new RedisPlace("6379", "/data", "m", "6379", IsContainer: true), sentinels: 1), StringComparison.Ordinal);
        Assert.Contains(application.Resources(), resource => resource.Name == "redisinsight");
    }

    [Fact]
    public async Task One_connection_string_names_all_nodes()
    {
        var builder = AppHostUnderTest.CreateEmpty("--Redis:Runtime=process");
        var password = builder.AddParameter("secret", "given", secret: true);
        var redis = builder.AddRedisReplication("cache", password: password).WithReadReplicas(1).Resource;
        await using var application = builder.Build();

        Assert.Equal(
            "{cache-master.bindings.tcp.host}:{cache-master.bindings.tcp.port},{cache-replica-1.bindings.tcp.host}:{cache-replica-1.bindings.tcp.port},password={secret.value}",
            redis.ConnectionStringExpression.ValueExpression);
    }

    [Fact]
    public async Task A_service_is_given_the_whole_each_node_and_the_properties_of_Aspires_own_Redis_by_the_name_of_the_connection()
    {
        var builder = AppHostUnderTest.CreateEmpty();
        var redis = builder.AddRedisReplication("cache").WithReadReplicas(1).WithSentinels(1);
        var service = builder.AddExecutable("service", "true", ".").WithReference(redis, connectionName: "orders");
        await using var application = builder.Build();

        var environment = await application.EnvironmentAsync(service.Resource);

        Assert.Equal(
            [
                "ConnectionStrings__orders", "ConnectionStrings__orders-master", "ConnectionStrings__orders-replica-1", "ConnectionStrings__orders-sentinel-1",
                "ORDERS_HOST", "ORDERS_PASSWORD", "ORDERS_PORT", "ORDERS_URI",
                "Redis__orders__OperatorPassword", "Redis__orders__OperatorUser", "Redis__orders__PeerAddresses__orders-master",
                "Redis__orders__PeerAddresses__orders-replica-1", "Redis__orders__ReaderPassword", "Redis__orders__ReaderUser", "Redis__orders__SentinelServiceName",
            ],
            environment.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("{cache.connectionString}", environment["ConnectionStrings__orders"]);
        Assert.Equal("{cache-master.bindings.tcp.host}", environment["ORDERS_HOST"]);
        Assert.Contains(service.Resource.Annotations.OfType<ResourceRelationshipAnnotation>(), relationship => relationship.Resource == redis.Resource && relationship.Type == "Reference");
    }

    [Fact]
    public async Task Two_replications_of_one_service_do_not_collide()
    {
        var builder = AppHostUnderTest.CreateEmpty();
        var service = builder.AddExecutable("service", "true", ".");
        foreach (var name in new[] { "one", "two" })
            service.WithReference(builder.AddRedisReplication(name).WithReadReplicas(1).WithSentinels(1));
        await using var application = builder.Build();

        var environment = await application.EnvironmentAsync(service.Resource);

        Assert.Equal(environment.Keys.Count(key => key.Contains("one", StringComparison.OrdinalIgnoreCase)), environment.Keys.Count(key => key.Contains("two", StringComparison.OrdinalIgnoreCase)));
        Assert.DoesNotContain(environment.Keys, key => !key.Contains("one", StringComparison.OrdinalIgnoreCase) && !key.Contains("two", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Resources_are_the_same_whatever_they_run_as()
    {
        foreach (var runtime in new[] { RedisRuntime.Container, RedisRuntime.Process })
        {
            await using var application = await PrepareAsync(runtime, redis => redis.WithReadReplicas(1).WithSentinels(1));
            var redis = application.Redis();

            Assert.Equal(runtime, redis.Runtime);
            Assert.All(redis.Nodes, node => Assert.Equal(typeof(RedisResource), node.GetType()));
            Assert.All(redis.Sentinels, sentinel => Assert.Equal(typeof(RedisSentinelResource), sentinel.GetType()));
            // What the orchestrator runs has the same name and annotations.
            Assert.All(redis.Members, member =>
            {
                var running = application.Resources().Single(resource => resource.Name == member.Name);
                Assert.Same(member.Resource.Annotations, running.Annotations);
                Assert.Equal(runtime == RedisRuntime.Container, running.IsContainer());
                Assert.Equal(runtime == RedisRuntime.Process, running is ExecutableResource);
            });
        }
    }

    [Fact]
    public async Task Events_of_a_process_are_those_of_its_node()
    {
        await using var application = await PrepareAsync(RedisRuntime.Process);
        var node = application.Redis().Members[0];
        var seen = new List<IResource>();
        var eventing = application.Services.GetRequiredService<Aspire.Hosting.Eventing.IDistributedApplicationEventing>();
        eventing.Subscribe<ResourceReadyEvent>(node.Resource, (ready, _) =>
        {
            seen.Add(ready.Resource);
            return Task.CompletedTask;
        });

        await eventing.PublishAsync(new ResourceReadyEvent(node.Running, application.Services), TestContext.Current.CancellationToken);

        Assert.Equal([node.Resource], seen);
    }

    [Fact]
    public async Task Tools_that_need_containers_are_left_out_where_there_are_none()
    {
        await using var application = await PrepareAsync(RedisRuntime.Process, redis => redis.WithRedisInsight(containerName: "insight"));

        Assert.DoesNotContain(application.Resources(), resource => resource.Name == "insight");
        Assert.DoesNotContain(application.Resources(), resource => resource.IsContainer());
    }

    [Fact]
    public async Task Volumes_have_the_name_that_is_given()
    {
        var name = $"test-{Guid.NewGuid():N}";
        await using (var application = await PrepareAsync(RedisRuntime.Container, redis => redis.WithReadReplicas(1).WithDataVolume(name, isReadOnly: true)))
        {
            Assert.Equal(
                [$"{name}-cache-master", $"{name}-cache-replica-1"],
                application.Redis().Nodes.Select(node => node.Annotations.OfType<ContainerMountAnnotation>().Single(mount => mount.IsReadOnly).Source));
            Assert.Null(application.Redis().Settings.SnapshotInterval);
        }
    }

    [Fact]
    public async Task Persistent_containers_have_their_ports_in_every_run()
    {
        var refusal = await Assert.ThrowsAsync<DistributedApplicationException>(() => PrepareAsync(RedisRuntime.Container, redis => redis.WithLifetime(ContainerLifetime.Persistent)));
        Assert.Contains("WithHostPort", refusal.Message, StringComparison.Ordinal);

        await using var application = await PrepareAsync(
            RedisRuntime.Container, redis => redis.WithHostPort(7000, 27000).WithLifetime(ContainerLifetime.Persistent).WithReadReplicas(1).WithSentinels(1));

        Assert.Equal([7000, 7001, 27000], application.Redis().Members.Select(member => member.Endpoint.EndpointAnnotation.Port));
        Assert.All(application.Redis().Members, member => Assert.Equal(ContainerLifetime.Persistent, member.Resource.Annotations.OfType<ContainerLifetimeAnnotation>().Single().Lifetime));
    }

    [Fact]
    public async Task Faults_are_injected_only_where_that_is_asked_for()
    {
        foreach (var isAsked in new[] { false, true })
        {
            var builder = AppHostUnderTest.CreateEmpty();
            var redis = builder.AddRedisReplication("cache").WithSentinels(1);
            if (isAsked)
                redis.WithFaultInjection();
            redis.WithReadReplicas(1);
            await using var application = builder.Build();

            Assert.All(redis.Resource.Members, member => Assert.Equal(
                isAsked, member.Resource.Annotations.OfType<ResourceCommandAnnotation>().Any(command => command.Name == RedisReplicationCommands.Kill)));
        }
    }

    [Fact]
    public void What_cannot_be_is_refused_at_once()
    {
        var redis = AppHostUnderTest.CreateEmpty().AddRedisReplication("cache");

        Assert.Throws<ArgumentOutOfRangeException>(() => redis.WithReadReplicas(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => redis.WithSentinels(-1));
        Assert.Throws<ArgumentException>(() => redis.WithMaxMemory("much"));
        Assert.Throws<ArgumentException>(() => redis.WithDataVolume("a volume"));
        Assert.Throws<ArgumentOutOfRangeException>(() => redis.WithPersistence(TimeSpan.Zero));
        Assert.Throws<ArgumentOutOfRangeException>(() => redis.WithPersistence(keysChangedThreshold: 0));
    }

    [Fact]
    public async Task The_manifest_has_the_connection_string_for_those_who_use_it()
    {
        var redis = AppHostUnderTest.CreateEmpty("--operation", "publish", "--publisher", "manifest").AddRedisReplication("cache").WithReadReplicas(1);
        using var stream = new MemoryStream();
        await using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            var context = new ManifestPublishingContext(
                new DistributedApplicationExecutionContext(DistributedApplicationOperation.Publish), "manifest.json", writer, TestContext.Current.CancellationToken);
            await redis.Resource.Annotations.OfType<ManifestPublishingCallbackAnnotation>().Last().Callback!(context);
            writer.WriteEndObject();
        }

        var manifest = JsonDocument.Parse(stream.ToArray()).RootElement;
        Assert.Equal("value.v0", manifest.GetProperty("type").GetString());
        Assert.Equal(redis.Resource.ConnectionStringExpression.ValueExpression, manifest.GetProperty("connectionString").GetString());
    }

    [Fact]
    public async Task A_service_that_waits_for_a_master_starts_in_the_end_without_one()
    {
        var builder = AppHostUnderTest.CreateEmpty("--Redis:Runtime=process");
        var service = builder.AddExecutable("service", "true", ".").WaitForMaster(builder.AddRedisReplication("cache"), TimeSpan.FromMilliseconds(100));
        await using var application = builder.Build();

        // Nothing has been started, so there is no master.
        await builder.Eventing.PublishAsync(new BeforeResourceStartedEvent(service.Resource, application.Services), TestContext.Current.CancellationToken)
            .WaitAsync(Eventually.Limit, TestContext.Current.CancellationToken);

        Assert.True(application.ResourceNotifications.TryGetCurrentState("service", out var shown));
        Assert.Equal(KnownResourceStates.Waiting, shown.Snapshot.State?.Text);
    }

    // As far as an application comes before it starts anything.
    private static async Task<DistributedApplication> PrepareAsync(RedisRuntime runtime, Action<IResourceBuilder<RedisReplicationResource>>? configure = null)
    {
        var builder = AppHostUnderTest.CreateEmpty("--ASPIRE_CONTAINER_RUNTIME=/bin/true");
        var redis = builder.AddRedisReplication("cache");
        if (runtime == RedisRuntime.Process)
            redis.RunAsProcesses();
        else
            redis.RunAsContainers();
        configure?.Invoke(redis);
        var application = builder.Build();
        try
        {
            await builder.Eventing.PublishAsync(
                new BeforeStartEvent(application.Services, application.Services.GetRequiredService<DistributedApplicationModel>()), TestContext.Current.CancellationToken);
            return application;
        }
        catch
        {
            await application.DisposeAsync();
            throw;
        }
    }
}
