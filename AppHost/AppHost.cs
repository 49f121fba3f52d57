using RedisAspire.AppHost;
using RedisAspire.AppHost.FaultInjection;
using RedisAspire.AppHost.Verification;

if (LaunchOptions.Read(args, out var exitCode) is not { } options)
    return exitCode;

var builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions { Args = options.Arguments, DisableDashboard = options.NoDashboard });

var adminKey = builder.AddParameter("admin-key", new GenerateParameterDefault { MinLength = 32, Special = false }, secret: true);

var frontendKey = builder.AddParameter("frontend-key", new GenerateParameterDefault { MinLength = 32, Special = false }, secret: true);
var operatorToken = builder.AddParameter("operator-token", new GenerateParameterDefault { MinLength = 32, Special = false }, secret: true);

var redis = builder.AddRedisReplication("redis")
    .WithReadReplicas(options.Replicas)
    .WithSentinels(options.Sentinels)
    .WithMaxMemory("256mb", RedisEvictionPolicy.VolatileLru)
    .WithAppendOnly()
    .WithHostPort(options.RedisPort, options.SentinelPort)
    .WithDataOf(options)
    .WithFaultInjection();

var api = builder.AddProject<Projects.ApiService>("apiservice")
    .WithReplicas(options.Instances)
    .WithPort(options.ApiPort, "the API")
    .WithUrlForEndpoint("http", url => (url.Url, url.DisplayText) = ("/reference", "API reference"))
    .WithHttpHealthCheck("/health")
    .WithEnvironment("Admin__Key", adminKey)
    .WithEnvironment("Frontend__Key", frontendKey)
    .WithReference(redis)
    .WithFaultInjection(redis, adminKey)
    .WithExpirationOf(options)
    .WithLimitsOf(options)
    .WithPublishedHosts("apiservice;localhost")
    .WaitForMaster(redis);

var web = builder.AddProject<Projects.Web>("webfrontend")
    .WithExternalHttpEndpoints()
    .WithPort(options.WebPort, "the web page")
    .WithHttpHealthCheck("/health")
    .WithEnvironment("Admin__Key", adminKey)
    .WithEnvironment("Frontend__Key", frontendKey)
    .WithOperators(options, operatorToken)
    .WithRedisPassword(redis)
    .WithHost(options)
    .WithClass(options)
    .WithPublishedHosts()
    .WithReference(api)
    .WaitFor(api);

redis
    .WithLatencyLinks(options, api, web)
    .WithApiCommands(api, adminKey)
    .WithSummary(options, api, web, adminKey, operatorToken)
    .WithVerification(api, adminKey);

builder.AddPublishers();

return await builder.RunAsync(redis, options);
