using System.Net;
using System.Text;
using Microsoft.Extensions.Configuration;
using RedisAspire.Contracts;
using RedisAspire.Web.Api;

namespace RedisAspire.Tests.Web;

public sealed class NodeClientTests
{
    [Fact]
    public async Task A_promotion_tells_its_progress_and_what_has_come_of_it()
    {
        using var api = new Api("""
            event: progress
            data: {"elapsedSeconds":0,"maximumSeconds":60}

            event: progress
            data: {"elapsedSeconds":27.5,"maximumSeconds":60}

            event: result
            data: {"name":"redis-replica-1","role":"master","address":"127.0.0.1:1","status":"up","isReadNode":false}


            """);
        var reported = new List<PromotionProgress>();

        var node = await new NodeClient(new ApiConnection(api, new ConfigurationBuilder().Build())).PromoteAsync("redis-replica-1", reported.Add, isTraced: true, TestContext.Current.CancellationToken);

        Assert.Equal("master", node.Role);
        Assert.Equal([new(0, 60), new(27.5, 60)], reported);
        Assert.Equal(("POST http://localhost/api/nodes/redis-replica-1/promote?trace=1", "text/event-stream"), (api.Asked, api.Accepted));
    }

    [Fact]
    public async Task A_promotion_that_is_refused_says_why()
    {
        using var api = new Api("""
            event: failed
            data: {"status":409,"detail":"redis-replica-1 is down: it cannot become the master."}


            """);

        var refusal = await Assert.ThrowsAsync<CacheApiException>(() =>
            new NodeClient(new ApiConnection(api, new ConfigurationBuilder().Build())).PromoteAsync("redis-replica-1", _ => { }, isTraced: false, TestContext.Current.CancellationToken));

        Assert.Equal((HttpStatusCode.Conflict, "redis-replica-1 is down: it cannot become the master."), (refusal.Status, refusal.Message));
    }

    private sealed class Api(string body) : HttpMessageHandler, IHttpClientFactory
    {
        public string? Asked { get; private set; }

        public string? Accepted { get; private set; }

        public HttpClient CreateClient(string name) => new(this, disposeHandler: false) { BaseAddress = new Uri("http://localhost") };

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            (Asked, Accepted) = ($"{request.Method} {request.RequestUri}", request.Headers.Accept.ToString());
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(body, Encoding.UTF8, "text/event-stream") });
        }
    }
}
