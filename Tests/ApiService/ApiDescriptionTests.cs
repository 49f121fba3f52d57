using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.ApiService;

/// <summary>What <c>/openapi/v1.json</c> says of the API.</summary>
public sealed class ApiDescriptionTests
{
    private static readonly string[] Undescribed = ["/health", "/alive", "/openapi/{documentName}.json"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_endpoint_is_described()
    {
        await using var api = await ApiFactory.StartAsync(redis: null);

        var described = (await PathsAsync(api)).Select(path => path.Name);

        // In the document a parameter has no star: /data/{**key} is /data/{key}.
        var mapped = api.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Select(endpoint => endpoint.RoutePattern.RawText!.Replace("**", "", StringComparison.Ordinal).TrimEnd('/'))
            .Where(path => path.StartsWith('/') && !Undescribed.Contains(path, StringComparer.Ordinal))
            .Distinct(StringComparer.Ordinal);
        Assert.Equal(mapped.Order(StringComparer.Ordinal), described.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Every_answer_and_every_body_in_JSON_has_an_example()
    {
        await using var api = await ApiFactory.StartAsync(redis: null);

        var without = from path in await PathsAsync(api)
                      from operation in path.Value.EnumerateObject()
                      from body in BodiesOf(operation.Value)
                      from media in body.GetProperty("content").EnumerateObject()
                      where media.Name.Contains("json", StringComparison.Ordinal) && !media.Value.TryGetProperty("example", out _)
                      select $"{operation.Name} {path.Name}";

        Assert.Equal("", string.Join(", ", without));
    }

    [Fact]
    public async Task Every_endpoint_with_a_body_says_that_it_refuses_one_that_is_too_large_or_no_JSON()
    {
        await using var api = await ApiFactory.StartAsync(redis: null);

        var without = from path in await PathsAsync(api)
                      from operation in path.Value.EnumerateObject()
                      where operation.Value.TryGetProperty("requestBody", out _)
                      let answers = operation.Value.GetProperty("responses")
                      where !answers.TryGetProperty("413", out _) || !answers.TryGetProperty("415", out _)
                      select $"{operation.Name} {path.Name}";

        Assert.Equal("", string.Join(", ", without));
    }

    private static IEnumerable<JsonElement> BodiesOf(JsonElement operation)
    {
        if (operation.TryGetProperty("requestBody", out var body))
            yield return body;
        foreach (var answer in operation.GetProperty("responses").EnumerateObject())
        {
            if (answer.Name.StartsWith('2') && answer.Value.TryGetProperty("content", out _))
                yield return answer.Value;
        }
    }

    private static async Task<JsonProperty[]> PathsAsync(ApiFactory api)
    {
        using var client = api.CreateClient();
        var document = await client.GetFromJsonAsync<JsonElement>(new Uri("/openapi/v1.json", UriKind.Relative), Cancellation);
        return [.. document.GetProperty("paths").EnumerateObject()];
    }
}
