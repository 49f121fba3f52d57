using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Polly.CircuitBreaker;
using Polly.Timeout;
using RedisAspire.Web.Api;

namespace RedisAspire.Tests.Web;

/// <summary>What the address of the page answers in whatever way the API does not.</summary>
public sealed class DataForwardingOutageTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    // A change is not sent again, so that nobody waits here for further attempts.
    [Theory]
    [InlineData(typeof(HttpRequestException))]
    [InlineData(typeof(TimeoutRejectedException))]
    [InlineData(typeof(BrokenCircuitException))]
    [InlineData(typeof(TaskCanceledException))]
    public async Task A_change_that_the_API_does_not_answer_is_a_problem(Type failure)
    {
        using var api = new SilentApi(failure);
        await using var factory = new WebFactory();
        await using var web = factory.WithWebHostBuilder(builder => builder.ConfigureTestServices(
            services => services.AddHttpClient(DataForwarding.ClientName).ConfigurePrimaryHttpMessageHandler(() => api)));
        // The real server: the key is read from the request line.
        web.UseKestrel(options => options.Listen(IPAddress.Loopback, 0));
        web.StartServer();
        using var client = web.CreateClient();

        using var gone = await client.PutAsJsonAsync(new Uri("/data/foo", UriKind.Relative), new { value = "new" }, Cancellation);

        Assert.Equal((HttpStatusCode.BadGateway, "application/problem+json"), (gone.StatusCode, gone.Content.Headers.ContentType?.MediaType));
    }

    [Fact]
    public void Nobody_waits_longer_here_than_on_the_page()
    {
        using var factory = new WebFactory();
        var clients = factory.Services.GetRequiredService<IHttpClientFactory>();
        using var forwarding = clients.CreateClient(DataForwarding.ClientName);

        Assert.Equal(ApiConnection.Timeout, forwarding.Timeout);
    }

    private sealed class SilentApi(Type failure) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromException<HttpResponseMessage>((Exception)Activator.CreateInstance(failure)!);
    }
}
