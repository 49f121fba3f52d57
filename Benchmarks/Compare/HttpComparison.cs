using System.Diagnostics;
using System.Globalization;
using RedisAspire.Benchmarks.Peers;
using RedisAspire.RedisProcesses;

namespace RedisAspire.Benchmarks.Compare;

/// <summary>
/// What a request costs the server. The load comes from the same few cores, so that throughput would mostly be that of the
/// generator: what counts is the processor time of the server's process, as the operating system has it. Redis is not in it.
/// </summary>
internal sealed class HttpComparison : IAsyncDisposable
{
    private const int Connections = 8;
    private const string HotPath = "/data/product:42";
    private const string StoredPrefix = "stored:";

    // More than the near cache of the API has room for, and more than are asked for in a round: a key that comes again is no longer near.
    private const int Stored = 400_000;

    // An invalidation now and then.
    private const double AllowedOthers = 0.01;

    // Far above the load: the limiter does its work, but refuses nothing.
    private static readonly (string, string)[] ApiSettings = [("RateLimit__PermitLimit", "10000000"), ("RateLimit__Chunk", "100000"), ("Cache__Expiration", "02:00:00"), ("SlowDatabase__Latency", "00:00:00.001")];

    private readonly List<MeasuredServer> _servers = [];

    private HttpComparison()
    {
    }

    /// <summary>Measures all servers, round after round.</summary>
    public static async Task<IReadOnlyList<Row>> RunAsync(RedisReplication redis, ProcessGuardian guardian, ComparisonOptions options)
    {
        await ManyKeys.FillRedisAsync(redis, StoredPrefix, Stored);
        await using var comparison = new HttpComparison();
        var cases = await comparison.StartAsync(redis, guardian);
        foreach (var @case in cases)
            await @case.WarmUpAsync(options.IsShort ? TimeSpan.FromSeconds(3) : TimeSpan.FromSeconds(8));

        for (var round = 0; round < options.Rounds; round++)
        {
            foreach (var @case in cases)
                @case.Samples.Add(await @case.MeasureAsync(options.RequestsLength));
        }

        return
        [
            .. cases.Select(@case => new Row("http", @case.What, @case.Who, @case.Samples)),
            .. Workshop.FindPython() is null ? [new Row("http", Operations.HttpRedis, Caches.Workshop, [], Workshop.Missing)] : Array.Empty<Row>(),
        ];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
            await server.DisposeAsync();
    }

    private async Task<IReadOnlyList<Case>> StartAsync(RedisReplication redis, ProcessGuardian guardian)
    {
        var api = await KeepAsync(MeasuredServer.StartApiAsync(redis, guardian, ApiSettings));
        var sink = await KeepAsync(MeasuredServer.StartPeerAsync("telemetry-sink", redis, guardian));
        var exporting = await KeepAsync(MeasuredServer.StartApiAsync(
            redis, guardian, [.. ApiSettings, ("OTEL_EXPORTER_OTLP_ENDPOINT", sink.Url.ToString()), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")]));
        List<Case> cases =
        [
            new(Operations.HttpNear, Caches.Ours, api, _ => HotPath, "\"near\""),
            new(Operations.HttpNear, Caches.Kestrel, await KeepAsync(MeasuredServer.StartPeerAsync("kestrel", redis, guardian)), _ => HotPath, "\"near\""),
            new(Operations.HttpNear, Caches.Hybrid, await KeepAsync(MeasuredServer.StartPeerAsync("hybrid", redis, guardian)), _ => HotPath, "\"near\""),
            new(Operations.HttpNear, Caches.Fusion, await KeepAsync(MeasuredServer.StartPeerAsync("fusion", redis, guardian)), _ => HotPath, "\"near\""),
            new(Operations.HttpExported, Caches.Ours, exporting, _ => HotPath, "\"near\""),
            new(Operations.HttpRedis, Caches.Ours, api, StoredPath, "\"redis\""),
            new(Operations.HttpRedis, Caches.Plain, await KeepAsync(MeasuredServer.StartPeerAsync("redis", redis, guardian)), StoredPath, "\"redis\""),
        ];
        if (Workshop.FindPython() is { } python)
            cases.Add(new(Operations.HttpRedis, Caches.Workshop, await KeepAsync(MeasuredServer.StartWorkshopAsync(python, redis, guardian)), StoredPath, "\"cache\""));
        return cases;
    }

    private static string StoredPath(long number) => string.Create(CultureInfo.InvariantCulture, $"/data/{StoredPrefix}{number % Stored}");

    private async Task<MeasuredServer> KeepAsync(Task<MeasuredServer> starting)
    {
        var server = await starting;
        _servers.Add(server);
        return server;
    }

    private sealed class Case(string what, string who, MeasuredServer server, Func<long, string> pathOf, string level)
    {
        private long _next;
        private string? _other;

        public string What => what;

        public string Who => who;

        public List<Sample> Samples { get; } = [];

        public async Task WarmUpAsync(TimeSpan length)
        {
            using var connection = new RawHttpConnection(server.Url);
            // The value must get to where it is read from afterwards.
            for (var attempt = 0; attempt < 100 && !(await connection.GetAsync(pathOf(Interlocked.Increment(ref _next)))).Content.Contains(level, StringComparison.Ordinal); attempt++)
                await Task.Delay(50);
            await MeasureAsync(length);
        }

        public async Task<Sample> MeasureAsync(TimeSpan length)
        {
            var connections = Enumerable.Range(0, Connections).Select(_ => new RawHttpConnection(server.Url)).ToArray();
            var processor = server.ProcessorTime;
            var started = Stopwatch.GetTimestamp();
            var asked = await Task.WhenAll(connections.Select(connection => AskAsync(connection, started, length)));
            var elapsed = Stopwatch.GetElapsedTime(started);
            processor = server.ProcessorTime - processor;
            foreach (var connection in connections)
                connection.Dispose();

            var requests = asked.Sum(one => one.Requests);
            // Otherwise something else than what the row says would have been measured.
            if (asked.Sum(one => one.Others) > requests * AllowedOthers)
                throw new InvalidOperationException($"{What}, {Who}: {asked.Sum(one => one.Others)} of {requests} answers were others than expected, such as: {_other}");
            return new Sample { Time = elapsed.TotalNanoseconds * Connections / requests, Processor = processor.TotalNanoseconds / requests };
        }

        private async Task<(long Requests, long Others)> AskAsync(RawHttpConnection connection, long started, TimeSpan length)
        {
            var (requests, others) = (0L, 0L);
            for (; Stopwatch.GetElapsedTime(started) < length; requests++)
            {
                var (status, content) = await connection.GetAsync(pathOf(Interlocked.Increment(ref _next)));
                if (status != 200)
                    throw new InvalidOperationException($"{What}, {Who}: {status} {content}");
                if (content.Contains(level, StringComparison.Ordinal))
                    continue;
                others++;
                _other = content;
            }

            return (requests, others);
        }
    }
}
