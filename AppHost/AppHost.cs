using RedisAspire.AppHost.RedisReplication;

var builder = DistributedApplication.CreateBuilder(args);

var password = builder.AddParameter("redis-password", new GenerateParameterDefault { MinLength = 32, Special = false }, secret: true);
var adminKey = builder.AddParameter("admin-key", new GenerateParameterDefault { MinLength = 32, Special = false }, secret: true);

var master = builder.AddRedis("redis-master", port: 6379, password)
    .WithReplicationDefaults();

var replicas = Enumerable.Range(1, 3)
    .Select(i => builder.AddRedis($"redis-replica-{i}", port: 6379 + i, password)
        .WithReplicationDefaults()
        .AsReplicaOf(master))
    .ToList();

var api = builder.AddProject<Projects.ApiService>("apiservice")
    .WithHttpHealthCheck("/health")
    .WithEnvironment("Admin__Key", adminKey)
    .WithReference(master)
    .WaitFor(master);

foreach (var replica in replicas)
    api.WithReference(replica).WaitFor(replica);

builder.AddProject<Projects.Web>("webfrontend")
    .WithExternalHttpEndpoints()
    .WithHttpHealthCheck("/health")
    .WithEnvironment("Admin__Key", adminKey)
    .WithReference(api)
    .WaitFor(api);

await builder.Build().RunAsync();
