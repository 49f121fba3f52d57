using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace RedisAspire.Tests.ApiService;

/// <summary>The application's own keys in the key browser, some of which are secrets.</summary>
public sealed class OwnKeysTests(ApiFixture fixture) : ApiTests(fixture, hasAdminKey: true), IClassFixture<ApiFixture>
{
    private const string KeyRing = "app:data-protection:keys";

    [Fact]
    public async Task Sessions_and_what_their_cookies_are_encrypted_with_are_never_shown()
    {
        using (var session = await Client.GetAsync(new Uri("/api/session", UriKind.Relative), Cancellation))
            Assert.Equal(HttpStatusCode.OK, session.StatusCode);
        var keys = await Client.GetFromJsonAsync<JsonElement>(new Uri("/api/keys?pattern=app:*&limit=1000", UriKind.Relative), Cancellation);
        var names = keys.GetProperty("items").EnumerateArray().Select(key => key.GetProperty("key").GetString()!).ToArray();
        var sessions = names.Where(name => name.StartsWith("app:cache:distributed:", StringComparison.Ordinal)).ToArray();
        Assert.Contains(KeyRing, names);
        Assert.NotEmpty(sessions);

        foreach (var name in sessions.Append(KeyRing))
        {
            using var answer = await Client.GetAsync(ValueOf(name), Cancellation);
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
            Assert.Contains("are never shown", await answer.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Without_the_admin_key_there_are_no_keys_of_the_applications_own()
    {
        await Redis.Master.ExecuteAsync("SET", "app:own", "secret");
        await Redis.Master.ExecuteAsync("SET", "own:app", "not secret");
        using var anybody = Api.CreateClient();

        using (var value = await anybody.GetAsync(ValueOf("app:own"), Cancellation))
            Assert.Equal(HttpStatusCode.Unauthorized, value.StatusCode);
        using (var value = await anybody.GetAsync(ValueOf("own:app"), Cancellation))
            Assert.Equal(HttpStatusCode.OK, value.StatusCode);
        foreach (var query in new[] { "?limit=1000", "?pattern=app:*", "?pattern=app:own", "/tree?limit=1000" })
            Assert.DoesNotContain("app:", (await anybody.GetStringAsync(new Uri($"/api/keys{query}", UriKind.Relative), Cancellation)).Replace("own:app", "", StringComparison.Ordinal), StringComparison.Ordinal);
        var branch = await anybody.GetFromJsonAsync<JsonElement>(new Uri("/api/keys/tree?prefix=app:", UriKind.Relative), Cancellation);
        Assert.Empty(branch.GetProperty("items").EnumerateArray());
        var count = await anybody.GetFromJsonAsync<JsonElement>(new Uri("/api/keys/count?pattern=app:own", UriKind.Relative), Cancellation);
        Assert.Equal(0, count.GetProperty("keys").GetInt32());

        using var shown = await Client.GetAsync(ValueOf("app:own"), Cancellation);
        Assert.Equal(HttpStatusCode.OK, shown.StatusCode);
        Assert.Contains("app:own", await Client.GetStringAsync(new Uri("/api/keys?pattern=app:own", UriKind.Relative), Cancellation), StringComparison.Ordinal);
    }

    private static Uri ValueOf(string key) => new($"/api/keys/value?key={Uri.EscapeDataString(key)}", UriKind.Relative);
}
