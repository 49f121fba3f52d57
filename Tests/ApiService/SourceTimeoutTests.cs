using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace RedisAspire.Tests.ApiService;

public sealed class SourceTimeoutTests(SourceTimeoutTests.Impatient fixture) : ApiTests(fixture, hasAdminKey: false), IClassFixture<SourceTimeoutTests.Impatient>
{
    [Fact]
    public async Task A_database_that_takes_too_long_is_named_and_Redis_is_not()
    {
        using var response = await Client.GetAsync(new Uri($"/data/key-{Guid.NewGuid():N}", UriKind.Relative), Cancellation);

        var problem = await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
        Assert.Equal((HttpStatusCode.GatewayTimeout, "application/problem+json"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        Assert.Equal("The source did not answer in time", problem.Text("title"));
        Assert.DoesNotContain("Redis", problem.GetRawText(), StringComparison.Ordinal);
        Assert.Empty(Api.Errors);
    }

    /// <summary>The API that waits for its source for less time than that takes.</summary>
    public sealed class Impatient : ApiFixture
    {
        protected override (string Name, string? Value)[] Settings => [("Cache:SourceHardTimeout", "00:00:00.020")];
    }
}
