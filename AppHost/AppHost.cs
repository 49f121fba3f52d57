using RedisAspire.AppHost;
using RedisAspire.AppHost.Drills;

var builder = DistributedApplication.CreateBuilder(args);

var adminKey = builder.AddParameter("admin-key", new GenerateParameterDefault { MinLength = 32, Special = false }, secret: true, persist: true);

var redis = builder.AddRedisReplication("redis")
    .WithReadReplicas(3)
    .WithSentinels(3)
    .WithMaxMemory("256mb", "volatile-lru")
    .WithAppendOnly()
    .WithHostPorts(6379, 26379)
    .WithDataVolume();

var api = builder.AddProject<Projects.ApiService>("apiservice")
    .WithReplicas(2)
    .WithUrlForEndpoint("http", url => (url.Url, url.DisplayText) = ("/reference", "API reference"))
    .WithHttpHealthCheck("/health")
    .WithEnvironment("Admin__Key", adminKey)
    .WithReference(redis)
    .WithDrills(redis, adminKey)
    .WithApiCommands(adminKey)
    .WaitFor(redis);

builder.AddProject<Projects.Web>("webfrontend")
    .WithExternalHttpEndpoints()
    .WithUrlForEndpoint("http", url => url.DisplayText = "Web page")
    .WithHttpHealthCheck("/health")
    .WithEnvironment("Admin__Key", adminKey)
    .WithReference(api)
    .WaitFor(api);

await builder.Build().RunAsync();
