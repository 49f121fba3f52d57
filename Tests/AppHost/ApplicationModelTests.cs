using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using RedisAspire.Hosting;
using RedisAspire.RedisProcesses;

namespace RedisAspire.Tests.AppHost;

/// <summary>The app host's model, without starting anything.</summary>
public sealed class ApplicationModelTests(BuiltApplication model) : IClassFixture<BuiltApplication>
{
    private static readonly string[] Members =
        ["redis-master", "redis-replica-1", "redis-replica-2", "redis-replica-3", "redis-sentinel-1", "redis-sentinel-2", "redis-sentinel-3"];

    [Fact]
    public void There_are_a_master_three_replicas_three_sentinels_the_API_and_the_web_page()
    {
        var names = model.Application.Resources().Where(resource => resource is RedisReplicationResource or IResourceWithConnectionString or ProjectResource).Select(resource => resource.Name);

        Assert.Equal(["redis", .. Members, "apiservice", "webfrontend"], names);
    }

    [Fact]
    public void Nodes_and_sentinels_are_shown_below_the_whole_and_say_how_they_are()
    {
        var redis = model.Application.Redis();

        Assert.Equal(Members, redis.Nodes.Concat<ContainerResource>(redis.Sentinels).Select(member => member.Name));
        Assert.All(redis.Nodes.Concat<ContainerResource>(redis.Sentinels), member =>
        {
            Assert.Contains(member.Annotations.OfType<ResourceRelationshipAnnotation>(), relationship => relationship.Type == "Parent" && relationship.Resource == redis);
            Assert.Single(member.Annotations.OfType<HealthCheckAnnotation>());
        });
        Assert.Single(redis.Annotations.OfType<HealthCheckAnnotation>());
    }

    [Fact]
    public void Every_node_has_the_same_settings_and_replicas_follow_the_master()
    {
        var (settings, users, master) = (model.Application.Redis().Settings, new RedisUsers("secret"), LocalRunner.OnLoopback(6379, "/tmp/m"));
        foreach (var following in new[] { null, master })
        {
            var configuration = RedisConfiguration.OfNode(settings, users, LocalRunner.OnLoopback(6380, "/tmp/with \"quotes\""), following).Split('\n');
            Assert.Contains("bind 127.0.0.1 -::1", configuration);
            Assert.Contains("dir \"/tmp/with \\\"quotes\\\"\"", configuration);
            Assert.Contains($"masterauth \"{users.Replication.Password}\"", configuration);
            Assert.Contains("maxmemory 256mb", configuration);
            Assert.Contains("maxmemory-policy volatile-lru", configuration);
            Assert.Contains("appendonly yes", configuration);
            Assert.Contains("replica-announce-port 6380", configuration);
            Assert.Equal(7, configuration.Count(line => line.StartsWith("user ", StringComparison.Ordinal)));
            Assert.Equal(following is not null, configuration.Contains("replicaof 127.0.0.1 6379"));
        }
    }

    [Fact]
    public async Task In_a_class_the_page_alone_listens_for_others_and_a_class_behind_one_address_meets_no_limit()
    {
        await using var application = await (await AppHostUnderTest.CreateAsync("--RedisAspire:Class=true", "--RedisAspire:Host=127.0.0.1")).BuildAsync(TestContext.Current.CancellationToken);
        var services = application.Resources().OfType<ProjectResource>().ToDictionary(service => service.Name, StringComparer.Ordinal);

        var (page, api) = (await application.EnvironmentAsync(services["webfrontend"]), await application.EnvironmentAsync(services["apiservice"]));

        var endpoint = services["webfrontend"].Annotations.OfType<EndpointAnnotation>().Single(endpoint => endpoint.Name == "http");
        Assert.Equal(("127.0.0.1", false), (endpoint.TargetHost, endpoint.IsProxied));
        Assert.All(services["apiservice"].Annotations.OfType<EndpointAnnotation>(), other => Assert.Equal("localhost", other.TargetHost));
        Assert.Equal(("true", "localhost;127.0.0.1;127.0.0.1"), (page["Class__Open"], page["AllowedHosts"]));
        Assert.Equal(("20000", "3000"), (api["RateLimit__PermitLimit"], api["RateLimit__CreationsPerMinute"]));
    }

    [Fact]
    public async Task Operators_need_a_token_at_the_page_unless_it_is_open_to_all()
    {
        await using var open = await (await AppHostUnderTest.CreateAsync("--RedisAspire:Open=true")).BuildAsync(TestContext.Current.CancellationToken);

        var (guarded, free) = (await EnvironmentAsync(model.Application), await EnvironmentAsync(open));

        Assert.Equal("{operator-token.value}", guarded["Operator__Token"]);
        Assert.False(guarded.ContainsKey("Operator__Open"));
        Assert.Equal("true", free["Operator__Open"]);
        Assert.False(free.ContainsKey("Operator__Token"));

        static Task<IReadOnlyDictionary<string, string>> EnvironmentAsync(DistributedApplication application) =>
            application.EnvironmentAsync(application.Resources().Single(resource => resource.Name == "webfrontend"));
    }

    [Fact]
    public void Most_of_the_sentinels_have_to_agree()
    {
        var users = new RedisUsers("secret");
        var configuration = RedisConfiguration.OfSentinel(users, LocalRunner.OnLoopback(26379, "/tmp"), LocalRunner.OnLoopback(6379, "/tmp"), model.Application.Redis().Sentinels.Count()).Split('\n');

        Assert.Contains("sentinel monitor mymaster 127.0.0.1 6379 2", configuration);
        Assert.Contains($"sentinel auth-pass mymaster \"{users.Sentinel.Password}\"", configuration);
    }

    [Fact]
    public async Task No_password_is_in_the_environment_of_a_node()
    {
        var redis = model.Application.Redis();

        foreach (var member in redis.Nodes.Concat<ContainerResource>(redis.Sentinels))
            Assert.Empty(await model.Application.EnvironmentAsync(member));
    }

    [Fact]
    public async Task No_password_is_an_argument()
    {
        var redis = model.Application.Redis();

        foreach (var member in redis.Nodes.Concat<ContainerResource>(redis.Sentinels))
            Assert.DoesNotContain("password", await model.Application.ArgumentsAsync(member), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task The_API_is_given_every_node()
    {
        var redis = model.Application.Redis();
        var api = model.Application.Resources().OfType<ProjectResource>().Single(project => project.Name == "apiservice");

        var environment = await model.Application.EnvironmentAsync(api);

        foreach (var member in Members)
            Assert.StartsWith($"{{{member}.bindings.tcp.host}}:{{{member}.bindings.tcp.port}},password={{redis-password.value}}", environment[$"ConnectionStrings__{member}"], StringComparison.Ordinal);
        Assert.StartsWith("http://127.0.0.1:", environment["FaultInjection__Address"], StringComparison.Ordinal);
        Assert.Equal("operator", environment["Redis__redis__OperatorUser"]);
        Assert.Equal("{redis-operator-password.value}", environment["Redis__redis__OperatorPassword"]);
        Assert.Equal("reader", environment["Redis__redis__ReaderUser"]);
        Assert.Equal("{redis-reader-password.value}", environment["Redis__redis__ReaderPassword"]);
        Assert.All(redis.Nodes, node => Assert.Contains($"Redis__redis__PeerAddresses__{node.Name}", environment.Keys));
        Assert.Equal(2, api.GetReplicaCount());
    }

    [Fact]
    public async Task The_latency_on_the_dashboard_is_one_click_away_from_the_list_of_resources_and_from_the_page()
    {
        var links = model.Application.Redis().Annotations.OfType<ResourceUrlAnnotation>().ToArray();
        var web = model.Application.Resources().OfType<ProjectResource>().Single(project => project.Name == "webfrontend");

        Assert.Equal(["Hit latency", "Miss latency"], links.Select(link => link.DisplayText));
        Assert.Matches(@"^http://localhost:\d+/metrics/resource/apiservice\?meter=RedisAspire\.Caching&instrument=redisaspire\.cache\.hit\.duration$", links[0].Url);
        Assert.Equal(links[0].Url.Replace(".hit.", ".miss.", StringComparison.Ordinal), links[1].Url);
        var environment = await model.Application.EnvironmentAsync(web);
        Assert.Equal(links[0].Url, environment["Dashboard__Latency"]);
        Assert.Equal(links[0].Url.Split("/metrics")[0], environment["Dashboard__Address"]);
    }

    [Fact]
    public void No_service_asks_for_a_certificate() => Assert.All(model.Application.Resources().OfType<ProjectResource>(), service =>
    {
#pragma warning disable ASPIRECERTIFICATES001 // Still under evaluation, and the only switch there is.
        Assert.False(service.Annotations.OfType<HttpsCertificateAnnotation>().Single().UseDeveloperCertificate);
#pragma warning restore ASPIRECERTIFICATES001
    });

    [Theory]
    [InlineData("redis", "fail-over", "flush", "seed", "connect", "verify")]
    [InlineData("redis-replica-1", "promote", "redis-cli", "kill", "pause", "resume")]
    [InlineData("redis-sentinel-1", "redis-cli", "kill", "pause", "resume")]
    public void The_dashboard_has_commands_with_icons_and_asks_before_it_harms(string name, params string[] expected)
    {
        // Aspire adds its own as soon as a test has it prepare the start.
        var commands = model.Application.Resources().Single(resource => resource.Name == name).Annotations.OfType<ResourceCommandAnnotation>()
            .Where(command => command.Name is not ("start" or "stop" or "restart")).ToArray();

        Assert.Equal(expected, commands.Select(command => command.Name));
        Assert.All(commands, command => Assert.NotNull(command.IconName));
        Assert.All(commands.Where(command => command.Name is not ("resume" or "redis-cli" or "connect")), command => Assert.NotNull(command.ConfirmationMessage));
    }
}
