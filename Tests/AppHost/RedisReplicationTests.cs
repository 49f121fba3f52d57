using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using RedisAspire.Hosting;

namespace RedisAspire.Tests.AppHost;

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
        var configuration = RedisConfiguration.OfNode(redis.Settings, new RedisUsers("secret"), RedisPlace.OnLoopback(7000, "/tmp"), master: null);
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
    public async Task A_service_that_waits_for_a_master_starts_in_the_end_without_one()
    {
        var builder = AppHostUnderTest.CreateEmpty("--Redis:Runtime=process");
        var service = builder.AddExecutable("service", "true", ".").WaitForMaster(builder.AddRedisReplication("cache"), TimeSpan.FromMilliseconds(100));
        await using var application = builder.Build();

        // Nothing has been started, so there is no master.
        await builder.Eventing.PublishAsync(new BeforeResourceStartedEvent(service.Resource, application.Services), TestContext.Current.CancellationToken)
            .WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        Assert.True(application.ResourceNotifications.TryGetCurrentState("service", out var shown));
        Assert.Equal(KnownResourceStates.Waiting, shown.Snapshot.State?.Text);
    }
}
