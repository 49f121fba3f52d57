using RedisAspire.ApiService.Bench;
using RedisAspire.ApiService.Cache;
using RedisAspire.ApiService.Classroom;
using RedisAspire.ApiService.Commands;
using RedisAspire.ApiService.Console;
using RedisAspire.ApiService.Counters;
using RedisAspire.ApiService.Data;
using RedisAspire.ApiService.Db;
using RedisAspire.ApiService.Events;
using RedisAspire.ApiService.FaultInjection;
using RedisAspire.ApiService.History;
using RedisAspire.ApiService.Keys;
using RedisAspire.ApiService.Leaderboard;
using RedisAspire.ApiService.Nodes;
using RedisAspire.ApiService.Queue;
using RedisAspire.ApiService.RateLimiting;
using RedisAspire.ApiService.Replication;
using RedisAspire.ApiService.Sessions;
using RedisAspire.ApiService.Tracing;
using RedisAspire.Caching;
using RedisAspire.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);

builder.AddServiceDefaults();
builder.AddRedisClients(
    RedisNodeNames.ConnectionStrings(builder.Configuration).Select(node => node.Key),
    options => RedisConnectionDefaults.Apply(options));

builder.Services.Configure<ReplicatedCacheOptions>(builder.Configuration.GetSection("Cache"));
builder.AddRedisReplicationClient(
    RedisNodeNames.DefaultConnectionName,
    // The service defaults send them, and only where there is a receiver.
    settings => (settings.DisableTracing, settings.DisableMetrics) = (true, true),
    options =>
    {
        foreach (var prefix in DataKey.ReservedPrefixes)
            options.ReservedPrefixes.Add(prefix);
    });

builder.Services.AddSingleton<ApplicationStore>();
builder.Services.AddSingleton<ServiceInstance>();
builder.Services.AddData(builder.Configuration);
builder.Services.AddKeys();
builder.Services.AddConsole();
builder.Services.AddCommands();
builder.Services.AddSingleton<RequestTracing>();
builder.Services.AddSingleton<NodePromotion>();
builder.Services.AddCacheFigures();
builder.Services.AddHistory();
builder.Services.AddEvents();
builder.Services.AddProducts();
builder.Services.AddReplicationCheck();
builder.Services.AddBench();
builder.Services.AddAdminKey(builder.Configuration);
builder.Services.AddFaultInjection(builder.Configuration);
builder.Services.AddSharedRateLimiting(builder.Configuration);
builder.Services.AddLeaderboard();
builder.Services.AddCounters();
builder.Services.AddSessions();
builder.Services.AddQueue();
builder.Services.AddClass();

builder.AddProblems();
builder.Services.AddApiDescription();

var app = builder.Build();

app.UseHead();
app.UseExceptionHandler();
app.UseStatusCodePages();
app.UseVisitorAddress();
app.UseRequestSeries();
app.UseSharedRateLimiting();
app.UseUtf8Only();
app.UseReferencePage();
app.UseSessions();

app.MapDefaultEndpoints();
app.MapOpenApi();
app.MapDataEndpoints();
app.MapNodeEndpoints();
app.MapReplicationEndpoints();
app.MapBenchEndpoints();
app.MapFaultInjectionEndpoints();
app.MapCacheEndpoints();
app.MapHistoryEndpoints();
app.MapEventEndpoints();
app.MapProductEndpoints();
app.MapKeyEndpoints();
app.MapConsoleEndpoints();
app.MapCommandEndpoints();
app.MapLeaderboardEndpoints();
app.MapCounterEndpoints();
app.MapRateLimitEndpoints();
app.MapSessionEndpoints();
app.MapQueueEndpoints();
app.MapClassEndpoints();

await app.RunAsync();
