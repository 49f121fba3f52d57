using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace RedisAspire.Tests.ApiService;

/// <summary><c>HEAD</c>, which is answered as <c>GET</c> is, without content.</summary>
public sealed class HeadTests(ApiFixture fixture) : ApiTests(fixture, hasAdminKey: true), IClassFixture<ApiFixture>
{
    [Fact]
    public async Task Whatever_can_be_read_has_a_head()
    {
        var document = await Client.GetFromJsonAsync<JsonElement>(new Uri("/openapi/v1.json", UriKind.Relative), Cancellation);
        var addresses = document.GetProperty("paths").EnumerateObject()
            .Where(path => path.Value.TryGetProperty("get", out _))
            .Select(path => path.Name.Replace("{key}", "foo", StringComparison.Ordinal).Replace("{name}", "redis-master", StringComparison.Ordinal).Replace("{id}", "none", StringComparison.Ordinal))
            .Append("/openapi/v1.json").Append("/reference/index.html").Append("/health");

        foreach (var address in addresses)
        {
            using var get = await SendAsync(HttpMethod.Get, address);
            using var head = await SendAsync(HttpMethod.Head, address);

            Assert.Equal((address, get.StatusCode, get.Content.Headers.ContentType), (address, head.StatusCode, head.Content.Headers.ContentType));
            Assert.Empty(await head.Content.ReadAsByteArrayAsync(Cancellation));
        }
    }

    [Fact]
    public async Task What_cannot_be_read_has_none_and_whoever_uses_another_method_is_told_of_it()
    {
        using var order = await SendAsync(HttpMethod.Head, "/api/keys/delete");
        using var other = await SendAsync(HttpMethod.Patch, "/data/foo");

        Assert.Equal((HttpStatusCode.MethodNotAllowed, "POST"), (order.StatusCode, string.Join(", ", order.Content.Headers.Allow)));
        Assert.Equal((HttpStatusCode.MethodNotAllowed, "DELETE, GET, HEAD, PUT"), (other.StatusCode, string.Join(", ", other.Content.Headers.Allow.Order())));
    }

    private Task<HttpResponseMessage> SendAsync(HttpMethod method, string address) =>
        Client.SendAsync(new HttpRequestMessage(method, new Uri(address, UriKind.Relative)), HttpCompletionOption.ResponseHeadersRead, Cancellation);
}
