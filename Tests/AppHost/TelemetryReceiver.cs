using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace RedisAspire.Tests.AppHost;

/// <summary>Collects what services send by OTLP over HTTP, undecoded: names and identifiers can be found in it as they are.</summary>
public sealed class TelemetryReceiver : IAsyncDisposable
{
    private readonly ConcurrentQueue<(string Signal, byte[] Body)> _received = new();
    private readonly WebApplication _web;

    public TelemetryReceiver()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _web = builder.Build();
        _web.MapPost("/v1/{signal}", async (string signal, Microsoft.AspNetCore.Http.HttpRequest request) =>
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            _received.Enqueue((signal, body.ToArray()));
        });
    }

    public Uri Address => new(_web.Urls.Single());

    public Task StartAsync() => _web.StartAsync();

    /// <summary>Whether one message of a service's has all of this in it.</summary>
    /// <param name="signal"><c>traces</c>, <c>metrics</c> or <c>logs</c>.</param>
    /// <param name="service">The service's name.</param>
    /// <param name="parts">What is looked for.</param>
    public bool Has(string signal, string service, params byte[][] parts) => _received.Any(message =>
        message.Signal == signal && Contains(message.Body, Encoding.UTF8.GetBytes(service)) && Array.TrueForAll(parts, part => Contains(message.Body, part)));

    public ValueTask DisposeAsync() => _web.DisposeAsync();

    private static bool Contains(byte[] body, byte[] part) => body.AsSpan().IndexOf(part) >= 0;
}
