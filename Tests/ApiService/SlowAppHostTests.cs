using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;
using RedisAspire.ApiService.FaultInjection;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.ApiService;

/// <summary>What the API says when the app host takes its time to stop or start a node.</summary>
public sealed class SlowAppHostTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_action_that_takes_longer_than_an_attempt_of_other_requests_is_waited_for()
    {
        var attempt = TimeSpan.FromMilliseconds(10);
        await using var api = await StartAsync(
            async cancellationToken =>
            {
                await Task.Delay(20 * attempt, cancellationToken);
                return new HttpResponseMessage(HttpStatusCode.NoContent);
            },
            services => services.ConfigureAll<HttpStandardResilienceOptions>(options => options.AttemptTimeout.Timeout = attempt));

        using var answer = await StopAsync(api);

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
    }

    [Fact]
    public async Task An_app_host_that_never_answers_is_named_and_not_Redis()
    {
        await using var api = await StartAsync(
            async cancellationToken =>
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
                return new HttpResponseMessage();
            },
            services => services.AddHttpClient(nameof(FaultInjectionClient)).ConfigureHttpClient(http => http.Timeout = TimeSpan.FromMilliseconds(50)));
        using var client = api.CreateClient();

        foreach (var answer in new[] { await StopAsync(api), await client.GetAsync(new Uri("/api/faults", UriKind.Relative), Cancellation) })
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            var problem = await answer.Content.ReadAsStringAsync(Cancellation);
            Assert.Contains("The app host", problem, StringComparison.Ordinal);
            Assert.DoesNotContain("Redis", problem, StringComparison.Ordinal);
            answer.Dispose();
        }
    }

    private static Task<ApiFactory> StartAsync(Func<CancellationToken, Task<HttpResponseMessage>> answer, Action<IServiceCollection> configure) =>
        ApiFactory.StartAsync(redis: null, services =>
        {
            services.Configure<FaultInjectionOptions>(options => options.Address = new Uri("http://localhost:1"));
            services.AddHttpClient(nameof(FaultInjectionClient)).ConfigurePrimaryHttpMessageHandler(() => new AppHost(answer));
            configure(services);
        });

    private static async Task<HttpResponseMessage> StopAsync(ApiFactory api)
    {
        using var client = api.CreateAdminClient();
        return await client.PostAsync(new Uri("/api/nodes/redis-master/stop", UriKind.Relative), content: null, Cancellation);
    }

    private sealed class AppHost(Func<CancellationToken, Task<HttpResponseMessage>> answer) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => answer(cancellationToken);
    }
}
