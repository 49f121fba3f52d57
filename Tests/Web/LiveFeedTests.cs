using System.Net;
using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using RedisAspire.Tests.Support;
using RedisAspire.Web.Live;

namespace RedisAspire.Tests.Web;

public sealed class LiveFeedTests
{
    private const string Nodes =
        """[{"name":"redis-master","role":"master","address":"127.0.0.1:1","status":"up","isReadNode":true}]""";

    [Theory]
    [InlineData("event: stats\ndata: {}")]
    [InlineData("event: stats\ndata: null")]
    [InlineData("event: nodes\ndata: null")]
    [InlineData("event: history\ndata: [null]")]
    [InlineData("event: topology\ndata: [null]")]
    [InlineData("event: nodes\ndata: no JSON")]
    public async Task The_stream_is_connected_again_after_an_unreadable_event(string sent)
    {
        using var api = new Api($"{sent}\n\n", $"event: nodes\ndata: {Nodes}\n\n");
        using var feed = new LiveFeed(api, new ConfigurationBuilder().Build(), TimeProvider.System, NullLogger<LiveFeed>.Instance);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Eventually.Limit);
        var problems = new List<string?>();

        await foreach (var update in feed.WatchAsync(limit.Token))
        {
            problems.Add(update.Problem);
            if (update.Nodes is [{ Name: "redis-master" }])
                break;
        }

        Assert.Contains("The API sent an event that this page cannot read.", problems);
    }

    /// <summary>Answers with one body after the other.</summary>
    private sealed class Api(params string[] bodies) : HttpMessageHandler, IHttpClientFactory
    {
        private int _asked = -1;

        public HttpClient CreateClient(string name) => new(this, disposeHandler: false) { BaseAddress = new Uri("http://localhost") };

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK)
        {
            Content = new StringContent(bodies[Math.Min(Interlocked.Increment(ref _asked), bodies.Length - 1)], Encoding.UTF8, "text/event-stream"),
        });
    }
}
