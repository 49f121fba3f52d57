using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace RedisAspire.Tests.AppHost;

/// <summary>Receives what services send by OTLP, over HTTP as over gRPC.</summary>
public sealed class TelemetryReceiver : IAsyncDisposable
{
    public const string Http = "http/protobuf";
    public const string Grpc = "grpc";

    private readonly ConcurrentQueue<byte[]> _messages = new();
    private readonly ConcurrentQueue<ReceivedSpan> _spans = new();
    private readonly ConcurrentQueue<ReceivedHistogram> _histograms = new();
    private readonly ConcurrentQueue<ReceivedLog> _logs = new();
    private readonly WebApplication _web;

    public TelemetryReceiver()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            // Without TLS nothing tells the two apart on one port.
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
        });
        _web = builder.Build();
        Map("traces", "trace.v1.TraceService", (protocol, message) => ReadSpans(protocol, message).ForEach(_spans.Enqueue));
        Map("metrics", "metrics.v1.MetricsService", (protocol, message) => ReadHistograms(protocol, message).ForEach(_histograms.Enqueue));
        Map("logs", "logs.v1.LogsService", (protocol, message) => ReadLogs(protocol, message).ForEach(_logs.Enqueue));
    }

    public IReadOnlyCollection<ReceivedSpan> Spans => _spans;

    public IReadOnlyCollection<ReceivedHistogram> Histograms => _histograms;

    public IReadOnlyCollection<ReceivedLog> Logs => _logs;

    /// <summary>Where it listens.</summary>
    /// <param name="protocol">What is spoken there.</param>
    public string AddressOf(string protocol) => protocol == Grpc ? _web.Urls.Last() : _web.Urls.First();

    public Task StartAsync() => _web.StartAsync();

    /// <summary>What a text stands in, wherever it was received; empty when it was not.</summary>
    public string Around(string text)
    {
        const int Context = 80;
        var bytes = Encoding.UTF8.GetBytes(text);
        foreach (var message in _messages)
        {
            if (message.AsSpan().IndexOf(bytes) is >= 0 and var start)
                return Encoding.UTF8.GetString(message.AsSpan(Math.Max(0, start - Context)..Math.Min(message.Length, start + bytes.Length + Context)));
        }

        return "";
    }

    public ValueTask DisposeAsync() => _web.DisposeAsync();

    private static List<ReceivedSpan> ReadSpans(string protocol, ProtobufMessage request) =>
    [
        .. from item in ReadItems(protocol, request)
           let span = item.Item
           select new ReceivedSpan(item.Origin, span.Hex(1), span.Hex(2), span.Hex(4), span.Text(5), (ActivityKind)(span.Number(6) - 1), ReadAttributes(span, 9)),
    ];

    private static List<ReceivedHistogram> ReadHistograms(string protocol, ProtobufMessage request) =>
    [
        .. from item in ReadItems(protocol, request)
           from histogram in item.Item.Messages(9)
           from point in histogram.Messages(1)
           select new ReceivedHistogram(item.Origin, item.Item.Text(1), item.Item.Text(3), point.Reals(7), point.Number(4), point.Real(5), ReadAttributes(point, 9)),
    ];

    private static List<ReceivedLog> ReadLogs(string protocol, ProtobufMessage request) =>
    [
        .. from item in ReadItems(protocol, request)
           let log = item.Item
           select new ReceivedLog(item.Origin, log.Text(3), log.Message(5).Text(1), log.Hex(9), log.Hex(10)),
    ];

    // All three kinds are wrapped alike: by the service and by what in it has made them.
    private static IEnumerable<(TelemetryOrigin Origin, ProtobufMessage Item)> ReadItems(string protocol, ProtobufMessage request) =>
        from ofService in request.Messages(1)
        let service = (string)ReadAttributes(ofService.Message(1), 1)["service.name"]!
        from ofScope in ofService.Messages(2)
        let origin = new TelemetryOrigin(service, protocol, ofScope.Message(1).Text(1))
        from item in ofScope.Messages(2)
        select (origin, item);

    private static Dictionary<string, object?> ReadAttributes(ProtobufMessage message, int field) =>
        message.Messages(field).ToDictionary(attribute => attribute.Text(1), attribute => ReadValue(attribute.Message(2)), StringComparer.Ordinal);

    private static object? ReadValue(ProtobufMessage value) => value switch
    {
        _ when value.Has(1) => value.Text(1),
        _ when value.Has(2) => value.Number(2) != 0,
        _ when value.Has(3) => (long)value.Number(3),
        _ when value.Has(4) => value.Real(4),
        _ => null,
    };

    private void Map(string path, string grpcService, Action<string, ProtobufMessage> read)
    {
        _web.MapPost($"/v1/{path}", async (HttpRequest request) => Keep(Http, await ReadBodyAsync(request), read));
        _web.MapPost($"/opentelemetry.proto.collector.{grpcService}/Export", async (HttpContext context) =>
        {
            // Each message has its length before it, and whether it is compressed.
            Keep(Grpc, (await ReadBodyAsync(context.Request))[5..], read);
            context.Response.ContentType = "application/grpc";
            context.Response.DeclareTrailer("grpc-status");
            await context.Response.Body.WriteAsync(new byte[5], context.RequestAborted);
            context.Response.AppendTrailer("grpc-status", "0");
        });
    }

    private void Keep(string protocol, byte[] message, Action<string, ProtobufMessage> read)
    {
        _messages.Enqueue(message);
        read(protocol, new ProtobufMessage(message));
    }

    private static async Task<byte[]> ReadBodyAsync(HttpRequest request)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, request.HttpContext.RequestAborted);
        return body.ToArray();
    }
}
