using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace RedisAspire.Tests.ApiService;

/// <summary>Asks for products and changes them as a client does.</summary>
internal sealed class ProductClient(HttpClient http)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>The body of a product.</summary>
    public static string Body(string name = "Clavier ☕", string price = "49.90", string category = "périphériques", bool inStock = true, string features = """["USB-C"]""") =>
        $$"""{"name":"{{name}}","price":{{price}},"category":"{{category}}","in_stock":{{(inStock ? "true" : "false")}},"features":{{features}}}""";

    public static async Task<JsonElement> JsonAsync(HttpResponseMessage response) => await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation);

    public Task<HttpResponseMessage> GetAsync(string id, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Get, $"/api/db/products/{id}", body: null, type: null, headers);

    /// <summary>The product itself.</summary>
    public async Task<JsonElement> ReadAsync(string id)
    {
        using var response = await GetAsync(id);
        response.EnsureSuccessStatusCode();
        return (await JsonAsync(response)).GetProperty("data");
    }

    public Task<HttpResponseMessage> PutAsync(string id, string body, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Put, $"/api/db/products/{id}", body, "application/json", headers);

    public Task<HttpResponseMessage> PatchAsync(string id, string body, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Patch, $"/api/db/products/{id}", body, "application/merge-patch+json", headers);

    public Task<HttpResponseMessage> DeleteAsync(string id, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Delete, $"/api/db/products/{id}", body: null, type: null, headers);

    public Task<HttpResponseMessage> PostAsync(string path, string? body = null) => SendAsync(HttpMethod.Post, path, body, "application/json", []);

    /// <summary>A page of products.</summary>
    public Task<JsonElement> ListAsync(string query) => http.GetFromJsonAsync<JsonElement>(new Uri($"/api/db/products?{query}", UriKind.Relative), Cancellation);

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? body, string? type, (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        if (body is not null)
        {
            request.Content = new StringContent(body);
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type!);
            // A body that is refused for its length is not sent: otherwise the server closes the connection in the middle of it.
            request.Headers.ExpectContinue = true;
        }

        return await http.SendAsync(request, Cancellation);
    }
}
