using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using RedisAspire.ApiService.RateLimiting;

namespace RedisAspire.Tests.ApiService;

/// <summary>The limit to try out.</summary>
public sealed class RateLimitDemoTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private static readonly Uri Path = new("/api/rate-limit/demo", UriKind.Relative);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_refuses_what_is_beyond_it_and_says_until_when()
    {
        // Of three times as many requests, two windows at most take some.
        var statuses = new List<HttpStatusCode>();
        for (var i = 0; i < RateLimitDemo.Limit * 3; i++)
        {
            using var response = await fixture.Anybody.PostAsync(Path, content: null, Cancellation);
            statuses.Add(response.StatusCode);
            if (response.StatusCode == HttpStatusCode.TooManyRequests)
                Assert.InRange(response.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(1), RateLimitDemo.Window);
        }

        Assert.Equal(HttpStatusCode.OK, statuses[0]);
        Assert.InRange(statuses.Count(status => status == HttpStatusCode.OK), RateLimitDemo.Limit, RateLimitDemo.Limit * 2);
        Assert.Contains(HttpStatusCode.TooManyRequests, statuses);
        var window = await fixture.Anybody.GetFromJsonAsync<JsonElement>(Path, Cancellation);
        Assert.Equal((RateLimitDemo.Limit, RateLimitDemo.Limit), (window.Number("limit"), window.Number("used") + window.Number("remaining")));
    }
}
