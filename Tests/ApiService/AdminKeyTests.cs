using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.ApiService;

public sealed class AdminKeyTests(RedisFixture fixture) : IClassFixture<RedisFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/data/foo")]
    [InlineData("/api/cache")]
    public async Task Removing_without_the_admin_key_is_refused(string path)
    {
        await using var api = await ApiFactory.StartAsync(fixture.Redis);
        using var client = api.CreateClient();
        await fixture.Redis.Master.ExecuteAsync("SETEX", "foo", 60, "kept");

        foreach (var keys in new string[][] { [], [""], ["wrong"], [ApiFactory.AdminKey + "x"], [ApiFactory.AdminKey, "wrong"] })
        {
            using var response = await DeleteAsync(client, path, keys);

            var problem = await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
            Assert.Equal((HttpStatusCode.Unauthorized, "application/problem+json"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
            Assert.Contains("X-Admin-Key", problem.GetProperty("detail").GetString()!);
            Assert.NotEmpty(response.Headers.WwwAuthenticate);
        }

        Assert.Equal("kept", (string?)await fixture.Redis.Master.ExecuteAsync("GET", "foo"));
    }

    [Theory]
    [InlineData("/data/foo")]
    [InlineData("/api/cache")]
    public async Task Without_a_configured_key_nobody_may_remove(string path)
    {
        await using var api = await ApiFactory.StartAsync(fixture.Redis, ("Admin:Key", ""));
        using var client = api.CreateClient();

        foreach (var keys in new string[][] { [], [""], ["any"] })
        {
            using var response = await DeleteAsync(client, path, keys);

            var problem = await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
            Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
            Assert.Contains("Admin:Key is not set", problem.GetProperty("detail").GetString()!);
        }
    }

    [Fact]
    public async Task The_OpenAPI_document_says_what_the_key_is()
    {
        await using var api = await ApiFactory.StartAsync(fixture.Redis);
        using var client = api.CreateClient();

        var document = await client.GetFromJsonAsync<JsonElement>(new Uri("/openapi/v1.json", UriKind.Relative), Cancellation);

        var scheme = document.GetProperty("components").GetProperty("securitySchemes").GetProperty("AdminKey");
        Assert.Equal(("apiKey", "header", "X-Admin-Key"), (scheme.GetProperty("type").GetString(), scheme.GetProperty("in").GetString(), scheme.GetProperty("name").GetString()));
    }

    private static async Task<HttpResponseMessage> DeleteAsync(HttpClient client, string path, string[] keys)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, new Uri(path, UriKind.Relative));
        foreach (var key in keys)
            request.Headers.TryAddWithoutValidation("X-Admin-Key", key);
        return await client.SendAsync(request, Cancellation);
    }
}
