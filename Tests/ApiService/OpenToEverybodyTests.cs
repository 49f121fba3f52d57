using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.ApiService;

/// <summary>What may be done without the admin key, as <c>docs/security.md</c> lists it.</summary>
public sealed partial class OpenToEverybodyTests(RedisFixture fixture) : IClassFixture<RedisFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_the_documentation_lists_is_open_and_nothing_else()
    {
        await using var api = await ApiFactory.StartAsync(fixture.Redis);
        using var client = api.CreateClient();
        var document = await client.GetFromJsonAsync<JsonElement>(new Uri("/openapi/v1.json", UriKind.Relative), Cancellation);
        var operations = document.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(operation => (Name: $"{operation.Name.ToUpperInvariant()} {path.Name}", NeedsKey: AlwaysNeedsKey(operation.Value))))
            .ToArray();

        Assert.Equal(await ListedAsync(), operations.Where(operation => !operation.NeedsKey).Select(operation => operation.Name).Order(StringComparer.Ordinal));
        foreach (var (operation, _) in operations.Where(operation => operation.NeedsKey))
        {
            var parts = operation.Split(' ');
            using var request = new HttpRequestMessage(new HttpMethod(parts[0]), new Uri(Parameter().Replace(parts[1], "x"), UriKind.Relative));
            using var answer = await client.SendAsync(request, Cancellation);
            Assert.True(answer.StatusCode == HttpStatusCode.Unauthorized, $"{operation} answers {answer.StatusCode} without the key.");
        }
    }

    private static bool AlwaysNeedsKey(JsonElement operation) =>
        operation.TryGetProperty("security", out var security) && security.EnumerateArray().All(requirement => requirement.TryGetProperty("AdminKey", out _));

    private static async Task<IEnumerable<string>> ListedAsync()
    {
        var text = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "security.md"), Cancellation);
        var list = text.Split("### What is open to everybody")[1].Split("\n## ")[0].Split('\n').Where(line => line.StartsWith('|'));
        return list.SelectMany(line => Operation().Matches(line.Split('|')[1])).Select(match => match.Groups["operation"].Value).Order(StringComparer.Ordinal);
    }

    [GeneratedRegex("`(?<operation>[A-Z]+ /[^`]*)`", RegexOptions.ExplicitCapture)]
    private static partial Regex Operation();

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Parameter();
}
