using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using RedisAspire.ApiService.Tracing;
using RedisAspire.Contracts;
using RedisAspire.RedisProcesses;
using RedisAspire.Topology;

namespace RedisAspire.Tests.ApiService;

/// <summary><c>?trace=1</c>: the answer to the write of a product says what was done.</summary>
public sealed class ProductTraceTests(CatalogueFixture fixture) : IClassFixture<CatalogueFixture>
{
    private readonly RedisReplication _redis = fixture.Redis;
    private readonly ProductClient _products = fixture.Products;
    private readonly string _id = $"p-{Guid.NewGuid():N}";

    [Fact]
    public async Task A_change_names_every_command_that_the_master_got_and_how_many_replicas_have_it()
    {
        using var created = await _products.PutAsync(_id, ProductClient.Body());
        await _redis.Master.ExecuteAsync("CONFIG", "RESETSTAT");

        using var changed = await _products.PatchAsync($"{_id}?trace=1", """{"price":1}""");

        var calls = await _redis.Master.InfoAsync("commandstats");
        var steps = StepsOf(await ProductClient.JsonAsync(changed));
        Assert.Equal(["get found", "connection done", "script replaced", "replicas done", "connection done"], steps.Select(step => $"{step.Step} {step.Outcome}"));
        // The API counts requests by scripts of its own meanwhile.
        Assert.All(["eval", "client|id"], command => Assert.Contains($"cmdstat_{command}", calls.Keys));
        Assert.StartsWith("calls=1,", calls["cmdstat_wait"], StringComparison.Ordinal);
        Assert.All(steps, step => Assert.Equal("redis-master", step.Node));
        Assert.All(steps, step => Assert.True(step.TookMicroseconds > 0));
        Assert.Equal(steps.OrderBy(step => step.AtMicroseconds), steps);
        Assert.Equal($"redis-cli -p {_redis.Master.Port} GET db:product:{_id}", steps[0].Command);
        Assert.StartsWith($"redis-cli -p {_redis.Master.Port} EVAL '…' 6 db:product:{_id} db:products db:products:by_price ", steps[2].Command, StringComparison.Ordinal);
        Assert.Equal($"redis-cli -p {_redis.Master.Port} WAIT 1 10000", steps[3].Command);
        Assert.InRange(steps[3].Replicas!.Value, 1, 2);
        Assert.Equal(["get", "client-id", "eval", "wait", "client-id"], steps.Select(step => step.Documentation!.TrimEnd('/').Split('/')[^1]));
    }

    [Fact]
    public async Task A_product_is_created_and_deleted_with_a_trace_and_what_is_long_is_not_shown()
    {
        using var created = await _products.PostAsync("/api/db/products?trace=1", ProductClient.Body(name: new string('n', 200)));
        var answer = await ProductClient.JsonAsync(created);
        var id = answer.GetProperty("data").GetProperty("id").GetString()!;
        using var deleted = await _products.DeleteAsync($"{id}?trace=1");

        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        var creation = StepsOf(answer);
        Assert.Equal(["connection done", "script created", "replicas done", "connection done"], creation.Select(step => $"{step.Step} {step.Outcome}"));
        Assert.EndsWith(" 49.90 'périphériques' '…'", creation[1].Command, StringComparison.Ordinal);
        Assert.Contains("script deleted", StepsOf(await ProductClient.JsonAsync(deleted)).Select(step => $"{step.Step} {step.Outcome}"));
    }

    [Fact]
    public async Task Without_being_asked_no_answer_says_what_was_done()
    {
        using var created = await _products.PutAsync(_id, ProductClient.Body());
        using var deleted = await _products.DeleteAsync(_id);
        using var refused = await _products.DeleteAsync($"{_id}?trace=2");

        string[] members = ["data", "source", "node", "acknowledgedReplicas", "durable", "explanation"];
        Assert.Equal(members, (await ProductClient.JsonAsync(created)).EnumerateObject().Select(member => member.Name));
        Assert.Equal(members, (await ProductClient.JsonAsync(deleted)).EnumerateObject().Select(member => member.Name));
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
    }

    [Theory]
    [InlineData("01", true)]
    [InlineData("00", false)]
    public async Task The_commands_are_spans_of_the_request_whose_trace_the_answer_names_if_it_is_recorded(string flags, bool isRecorded)
    {
        var id = ActivityTraceId.CreateRandom().ToHexString();
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "Microsoft.AspNetCore" or "RedisAspire.ApiService",
            // Other tests run at the same time.
            Sample = (ref options) => options.Parent.TraceId.ToHexString() != id ? ActivitySamplingResult.None
                : options.Parent.TraceFlags.HasFlag(ActivityTraceFlags.Recorded) ? ActivitySamplingResult.AllDataAndRecorded
                : ActivitySamplingResult.PropagationData,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);

        using var written = await _products.PutAsync($"{_id}?trace=1", ProductClient.Body(), ("traceparent", $"00-{id}-{ActivitySpanId.CreateRandom().ToHexString()}-{flags}"));

        var answer = await ProductClient.JsonAsync(written);
        Assert.Equal(isRecorded, answer.TryGetProperty("traceId", out var named));
        if (isRecorded)
            Assert.Equal(id, named.GetString());
        var commands = spans.Where(span => span.Source.Name == "RedisAspire.ApiService" && span.TraceId.ToHexString() == id).ToArray();
        Assert.Equal(isRecorded ? ["CLIENT ID", "EVAL", "WAIT", "CLIENT ID"] : [], commands.Select(span => span.OperationName));
        Assert.All(commands, span => Assert.Equal("redis-master", span.GetTagItem("peer.service")));
    }

    [Fact]
    public async Task A_command_to_a_sentinel_has_its_address_and_one_that_is_repeated_is_one_step_for_each_sentinel_that_was_asked()
    {
        var options = new RedisTopologyOptions();
        options.Sentinels["redis-sentinel-1"] = "127.0.0.1:26379";
        await using var services = new ServiceCollection().BuildServiceProvider();
        await using var topology = new RedisTopology(Options.Create(options), services, TimeProvider.System, NullLogger<RedisTopology>.Instance);
        var trace = new RequestTrace(topology, TimeProvider.System);
        foreach (var at in new[] { 0, 5 })
            foreach (var name in new[] { "redis-sentinel-1", "redis-sentinel-2" })
                trace.Add(new RequestStep("choose", "done", TimeSpan.FromMilliseconds(at)) { Took = TimeSpan.FromMilliseconds(1), Node = name, Command = ["INFO", "sentinel"] });
        foreach (var at in new[] { 10, 110, 210 })
            trace.Add(new RequestStep("seen", "done", TimeSpan.FromMilliseconds(at)) { Took = TimeSpan.FromMilliseconds(1), Node = "redis-sentinel-1", Command = ["SENTINEL", "REPLICAS", "mymaster"] });
        trace.Add(new RequestStep("announcement", "done", TimeSpan.FromMilliseconds(300)) { Node = "redis-sentinel-1", Message = "+switch-master mymaster a 1 b 2" });

        var steps = trace.End();

        Assert.Equal(["choose", "choose", "seen", "announcement"], steps.Select(step => step.Step));
        Assert.Equal([2, 2], steps[..2].Select(step => step.Times));
        Assert.Equal((3, 10_000, 201_000, "redis-cli -p 26379 SENTINEL REPLICAS mymaster"), (steps[2].Times, steps[2].AtMicroseconds, steps[2].TookMicroseconds, steps[2].Command));
        Assert.Equal(("+switch-master mymaster a 1 b 2", null), (steps[3].Message, steps[3].Command));
        Assert.All(steps[2..], step => Assert.EndsWith("/management/sentinel/", step.Documentation, StringComparison.Ordinal));
    }

    private static TraceStep[] StepsOf(JsonElement answer) => answer.GetProperty("trace").Deserialize<TraceStep[]>(JsonSerializerOptions.Web)!;
}
