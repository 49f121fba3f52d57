using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RedisAspire.Web.Api;
using RedisAspire.Web.Live;

namespace RedisAspire.Tests.Web;

/// <summary>The web page in this process, before an API that counts requests and always gives the same answers.</summary>
internal sealed class WebFactory : WebApplicationFactory<LiveFeed>
{
    public StubApi Api { get; } = new();

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment("Development");
        builder.ConfigureLogging(logging => logging.ClearProviders());
        builder.ConfigureServices(services => services.AddHttpClient(ApiConnection.ClientName).ConfigurePrimaryHttpMessageHandler(() => Api));
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing)
            Api.Dispose();
    }
}

/// <summary>Answers like the API of an application with a master and a replica.</summary>
internal sealed class StubApi : HttpMessageHandler, IHttpClientFactory
{
    private const string Nodes =
        """[{"name":"redis-master","role":"master","address":"127.0.0.1:6379","status":"up","isReadNode":false},{"name":"redis-replica-1","role":"replica","address":"127.0.0.1:6380","status":"up","isReadNode":true}]""";

    private static readonly Dictionary<string, string> Answers = new(StringComparer.Ordinal)
    {
        ["/api/nodes"] = Nodes,
        ["/api/db/products"] =
            """{"node":"redis-replica-1","items":[{"id":"prod1","name":"Smartphone Premium","price":899,"category":"phones","inStock":true,"features":[],"version":1}],"total":1}""",
        ["/api/db/categories"] = """{"node":"redis-replica-1","items":[{"name":"phones","products":1}]}""",
        ["/data/"] =
            """{"key":"a","data":"hello","source":"redis","level":"redis","node":"redis-replica-1","elapsedMs":1,"ttlSeconds":60,"timestamp":"2026-01-01T00:00:00Z"}""",
        ["/api/keys/tree"] = """{"node":"redis-master","prefix":"","items":[{"name":"db","kind":"prefix","path":"db:","keys":3}],"scanned":3,"keysOnNode":3,"complete":true}""",
        ["/api/keys/value"] =
            """{"node":"redis-master","key":"a","type":"string","ttlSeconds":60,"length":5,"items":[{"index":0,"value":{"format":"text","data":"hello","bytes":5,"truncated":false}}]}""",
    };

    private readonly ConcurrentQueue<string> _requests = new();
    private readonly ConcurrentQueue<PipeWriter> _streams = new();

    /// <summary>Answers in place of the usual ones, by their paths.</summary>
    public ConcurrentDictionary<string, string> Instead { get; } = new(StringComparer.Ordinal);

    /// <summary>The paths that were asked for, in their order.</summary>
    public IReadOnlyCollection<string> Requests => _requests;

    /// <summary>Sends the nodes to all who follow the events, and to those who begin later: a page follows anew after some seconds of silence.</summary>
    public async Task PublishAsync(string nodes, CancellationToken cancellationToken)
    {
        Instead["/api/nodes"] = nodes;
        foreach (var stream in _streams)
            await stream.WriteAsync(Encoding.UTF8.GetBytes($"event: nodes\ndata: {nodes}\n\n"), cancellationToken);
    }

    public HttpClient CreateClient(string name) => new(this, disposeHandler: false) { BaseAddress = new Uri("http://localhost") };

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var path = request.RequestUri!.AbsolutePath;
        _requests.Enqueue(path);
        if (path == "/api/events")
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = Events() });

        return Task.FromResult(Instead.TryGetValue(path, out var answer) || Answers.TryGetValue(path.StartsWith("/data/", StringComparison.Ordinal) ? "/data/" : path, out answer)
            ? new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(answer, Encoding.UTF8, "application/json") }
            : new HttpResponseMessage(HttpStatusCode.NotFound));
    }

    // One event, and a stream that stays open.
    private StreamContent Events()
    {
        var pipe = new Pipe();
        _streams.Enqueue(pipe.Writer);
        Encoding.UTF8.GetBytes($"event: nodes\ndata: {Instead.GetValueOrDefault("/api/nodes", Nodes).ReplaceLineEndings("")}\n\n", pipe.Writer);
        _ = pipe.Writer.FlushAsync().AsTask();
        return new StreamContent(pipe.Reader.AsStream()) { Headers = { ContentType = new MediaTypeHeaderValue("text/event-stream") } };
    }
}
