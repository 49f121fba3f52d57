using System.Net;
using System.Text;
using Microsoft.Extensions.Configuration;
using RedisAspire.Contracts;
using RedisAspire.Web.Api;
using RedisAspire.Web.Components;

namespace RedisAspire.Tests.Web;

/// <summary>Keys of other programs may live for longer than there are dates.</summary>
public sealed class ExpiryTests
{
    private const double Seconds = 9e15;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_key_that_lives_for_thousands_of_years_expires_at_the_end_of_time()
    {
        var keys = new KeysClient(new ApiConnection(new Api(), new ConfigurationBuilder().Build()), TimeProvider.System);

        var page = await keys.ListAsync(new KeySearch("*", Type: null), node: null, cursor: null, isSorted: false, Cancellation);
        var details = await keys.GetValueAsync("a", node: null, cursor: null, Cancellation);

        Assert.Equal(DateTimeOffset.MaxValue, Assert.Single(page.Items).ExpiresAt);
        Assert.Equal(DateTimeOffset.MaxValue, details.ExpiresAt);
    }

    [Fact]
    public void So_does_a_value_that_was_looked_up()
    {
        var answer = new DataResponse("a", "value", "cache", "near", Node: null, ElapsedMs: 1, Seconds, DateTimeOffset.UnixEpoch);

        Assert.Equal(DateTimeOffset.MaxValue, new LookupResult(answer, TimeSpan.Zero, DateTimeOffset.UnixEpoch).ExpiresAt);
    }

    [Fact]
    public void However_long_a_time_is_it_can_be_written() => Assert.EndsWith("d 2 h", Display.Uptime(double.MaxValue), StringComparison.Ordinal);

    private sealed class Api : HttpMessageHandler, IHttpClientFactory
    {
        public HttpClient CreateClient(string name) => new(this, disposeHandler: false) { BaseAddress = new Uri("http://api/") };

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var key = $$""" "node": "redis-master", "key": "a", "type": "string", "ttlSeconds": {{Seconds}}, "memoryBytes": 1 """;
            var json = request.RequestUri!.AbsolutePath.EndsWith("/value", StringComparison.Ordinal)
                ? $$"""{ {{key}}, "length": 1, "items": [] }"""
                : $$"""{ "node": "redis-master", "items": [{ {{key}} }] }""";
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(json, Encoding.UTF8, "application/json") });
        }
    }
}
