using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using Aspire.Hosting.Testing;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.AppHost;

/// <summary>What the running application tells of itself: the web page by gRPC, the API by HTTP.</summary>
[Collection(nameof(ProcessApplicationCollection))]
public sealed class TelemetryTests(ProcessApplication running)
{
    private const string Caller = "00f067aa0ba902b7";
    private const int Keys = 100;

    private readonly string _key = $"key-{Guid.NewGuid():N}";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_miss_is_one_trace_from_the_web_page_to_Redis_and_the_source()
    {
        var next = 0;
        var trace = await TraceAsync(() => $"/data/{_key}:{next++}", trace => LevelIn(trace) is "source" && trace.Any(span => span.Name == "cache source") && trace.Any(span => span.IsRedis));

        var page = Assert.Single(trace, span => span.ParentId == Caller);
        Assert.Equal(("webfrontend", TelemetryReceiver.Grpc, ActivityKind.Server, "GET /data/{**key}"), (page.Origin.Service, page.Origin.Protocol, page.Kind, page.Name));
        var forwarding = Assert.Single(trace, span => span.ParentId == page.Id);
        Assert.Equal(("webfrontend", ActivityKind.Client), (forwarding.Origin.Service, forwarding.Kind));
        var request = Assert.Single(trace, span => span.ParentId == forwarding.Id);
        Assert.Equal(("apiservice", TelemetryReceiver.Http, ActivityKind.Server, "GET /data/{**key}"), (request.Origin.Service, request.Origin.Protocol, request.Kind, request.Name));
        Assert.Equal(("source", "miss"), (request.Attributes["cache.level"], request.Attributes["cache.request.type"]));
        var lookup = Assert.Single(trace, span => span.Name == "cache look-up");
        Assert.Equal(request.Id, lookup.ParentId);
        Assert.Equal(("source", "miss"), (lookup.Attributes["cache.level"], lookup.Attributes["cache.request.type"]));
        var source = Assert.Single(trace, span => span.Name == "cache source");
        Assert.Equal(lookup.Id, source.ParentId);
        Assert.Equal("HGET", Assert.Single(trace, span => span.ParentId == source.Id).Name);
        var commands = trace.Where(span => span.IsRedis && span.Origin.Scope == "RedisAspire.Caching").ToArray();
        Assert.Contains("GET", commands.Select(span => span.Name));
        Assert.All(commands, span => Assert.Equal(lookup.Id, span.ParentId));
    }

    [Fact]
    public async Task A_hit_says_in_which_level_it_was_found()
    {
        var near = await TraceAsync(() => $"/data/{_key}", trace => LevelIn(trace) is "near");
        Assert.Equal("hit", RequestIn(near)!.Attributes["cache.request.type"]);
        Assert.DoesNotContain(near, span => span.Name.StartsWith("cache ", StringComparison.Ordinal) || span.IsRedis);

        var redis = await TraceAsync(() => $"/data/{_key}?bypassNear=true", trace => LevelIn(trace) is "redis" && trace.Any(span => span.IsRedis));
        Assert.Equal("hit", RequestIn(redis)!.Attributes["cache.request.type"]);
    }

    [Theory]
    [InlineData("/data/{0}")]
    [InlineData("/api/db/products?limit=1")]
    [InlineData("/api/counters")]
    public async Task Every_Redis_command_is_told_once_with_the_node_that_was_asked(string path)
    {
        var next = 0;
        var trace = await TraceAsync(() => string.Format(CultureInfo.InvariantCulture, path, $"{_key}:{next++}"), trace => trace.Any(span => span.IsRedis));

        var nodes = running.Application.Redis().Nodes.ToDictionary(node => node.Name, node => (long)running.Application.GetEndpoint(node.Name, "tcp").Port);
        Assert.All(trace.Where(span => span.IsRedis), span =>
        {
            Assert.Equal(ActivityKind.Client, span.Kind);
            Assert.Equal(span.Name, span.Attributes["db.operation.name"]);
            Assert.StartsWith("RedisAspire.", span.Origin.Scope);
            Assert.Equal(nodes[(string)span.Attributes["peer.service"]!], span.Attributes["server.port"]);
            Assert.DoesNotContain(trace, other => other.IsRedis && other.ParentId == span.Id);
        });
    }

    [Fact]
    public async Task How_long_look_ups_take_is_one_histogram_by_level_and_one_each_for_hits_and_misses()
    {
        await TraceAsync(() => $"/data/{_key}", trace => LevelIn(trace) is "near");
        await TraceAsync(() => $"/data/{_key}?bypassNear=true", trace => LevelIn(trace) is "redis");

        foreach (var (what, levels) in new[] { ("request", 3), ("hit", 2), ("miss", 1) })
        {
            await Eventually.HoldsAsync($"every level of {what} is measured", () => Durations(what).Select(histogram => histogram.Attributes["cache.level"]).Distinct().Count() == levels);
            foreach (var histogram in Durations(what))
            {
                Assert.Equal(("apiservice", "RedisAspire.Caching", "s"), (histogram.Origin.Service, histogram.Origin.Scope, histogram.Unit));
                Assert.Equal(["cache.level", "cache.name", "cache.request.type", "cache.stale"], histogram.Attributes.Keys.Order(StringComparer.Ordinal));
                Assert.Equal(histogram.Attributes["cache.level"] is "source" ? "miss" : "hit", histogram.Attributes["cache.request.type"]);
                Assert.Contains(what, new[] { "request", histogram.Attributes["cache.request.type"] });
                Assert.Equal((1e-6, 10, 22), (histogram.Bounds[0], histogram.Bounds[^1], histogram.Bounds.Count));
                Assert.True(histogram.Count > 0 && histogram.Sum > 0);
            }
        }

        IEnumerable<ReceivedHistogram> Durations(string what) => running.Telemetry.Histograms.Where(histogram => histogram.Name == $"redisaspire.cache.{what}.duration");
    }

    [Fact]
    public async Task What_is_logged_belongs_to_the_trace_of_the_request()
    {
        // The cache says that it leaves alone what is somebody else's: once for each key, so that there are several.
        var master = await running.Redis.CurrentMasterAsync();
        await Task.WhenAll(Enumerable.Range(0, Keys).Select(i => master.ExecuteAsync("HSET", $"{_key}:{i}", "field", "value")));

        var next = 0;
        ReceivedLog? log = null;
        await TraceAsync(() => $"/data/{_key}:{next++ % Keys}", trace =>
            (log = running.Telemetry.Logs.FirstOrDefault(log => log.TraceId == trace.FirstOrDefault()?.TraceId && trace.Any(span => span.Id == log.SpanId))) is not null);

        Assert.Equal("apiservice", log!.Origin.Service);
        Assert.Contains("does not hold a string", log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_secret_is_exported()
    {
        var secret = $"value-{Guid.NewGuid():N}";
        using (var web = running.Application.CreateHttpClient("webfrontend"))
        using (var change = new HttpRequestMessage(HttpMethod.Put, $"/data/{_key}") { Headers = { { "X-Admin-Key", AppHostUnderTest.AdminKey } }, Content = JsonContent.Create(new { value = secret }) })
        using (var changed = await web.SendAsync(change, Cancellation))
            // Accepted when Redis is slow for a moment: the old value is removed a little later then.
            Assert.Contains(changed.StatusCode, new[] { HttpStatusCode.NoContent, HttpStatusCode.Accepted });
        // More than once, as in every trace that is sought: an exporter drops spans when its queue is full.
        var logins = new HashSet<string>(StringComparer.Ordinal);
        await Eventually.HoldsAsync("the span of a login arrives", async () =>
        {
            var isReceived = running.Telemetry.Spans.Any(span => logins.Contains(span.TraceId));
            if (!isReceived)
                logins.Add(await AskAsync($"/login?t={AppHostUnderTest.OperatorToken}"));
            return isReceived;
        });
        await TraceAsync(() => $"/data/{_key}", trace => LevelIn(trace) is "near" or "redis");
        await TraceAsync(() => "/api/session", trace => trace.Any(span => span.IsRedis));

        Assert.All([secret, AppHostUnderTest.AdminKey, AppHostUnderTest.OperatorToken, "test-frontend-key", "redisaspire-operator-", AppHostUnderTest.Password, "-password", "redisaspire-session="], text => Assert.Equal("", running.Telemetry.Around(text)));
    }

    [Fact]
    public async Task No_error_is_logged_at_the_start_and_nothing_for_each_request()
    {
        Assert.Equal(["apiservice", "webfrontend"], running.LogsOfTheStart.Select(log => log.Origin.Service).Distinct().Order(StringComparer.Ordinal));
        Assert.DoesNotContain(running.LogsOfTheStart, log => log.Severity is "Error" or "Critical");

        var trace = await TraceAsync(() => $"/data/{_key}", trace => LevelIn(trace) is "near");
        // Spans and logs are sent by themselves: when a later request has arrived, so have the logs of the first.
        await TraceAsync(() => $"/data/{_key}", later => later[0].TraceId != trace[0].TraceId);
        Assert.DoesNotContain(running.Telemetry.Logs, log => log.TraceId == trace[0].TraceId);
    }

    // Asks until the spans of one answer have arrived and are what is sought. What could not be sent in time is dropped,
    // here as anywhere.
    private async Task<ReceivedSpan[]> TraceAsync(Func<string> path, Func<ReceivedSpan[], bool> isSought)
    {
        var asked = new HashSet<string>(StringComparer.Ordinal);
        ReceivedSpan[]? found = null;
        await Eventually.HoldsAsync("the spans of a request arrive", async () =>
        {
            found = running.Telemetry.Spans.GroupBy(span => span.TraceId, StringComparer.Ordinal)
                .Where(trace => asked.Contains(trace.Key))
                .Select(trace => trace.ToArray())
                .FirstOrDefault(trace => IsWhole(trace) && isSought(trace));
            if (found is null)
                asked.Add(await AskAsync(path()));
            return found is not null;
        });
        return found!;
    }

    private async Task<string> AskAsync(string path)
    {
        var trace = Guid.NewGuid().ToString("N");
        // The page has the data, and not what else the API has.
        using var http = running.Application.CreateHttpClient(path.StartsWith("/api", StringComparison.Ordinal) ? "apiservice" : "webfrontend");
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "traceparent", $"00-{trace}-{Caller}-01" } } };
        using var answer = await http.SendAsync(request, Cancellation);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return trace;
    }

    private static bool IsWhole(ReceivedSpan[] trace) => RequestIn(trace) is not null
        && Array.Exists(trace, span => span.ParentId == Caller) && Array.TrueForAll(trace, span => span.ParentId == Caller || Array.Exists(trace, other => other.Id == span.ParentId));

    private static ReceivedSpan? RequestIn(IEnumerable<ReceivedSpan> trace) => trace.FirstOrDefault(span => span.Origin.Service == "apiservice" && span.Kind == ActivityKind.Server);

    private static object? LevelIn(IEnumerable<ReceivedSpan> trace) => RequestIn(trace)?.Attributes.GetValueOrDefault("cache.level");
}
