using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using RedisAspire.RedisProcesses;

namespace RedisAspire.Tests.ApiService;

/// <summary>Asks <c>/api/keys</c>, as far as its tests do the same.</summary>
internal static class KeysClient
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static Uri PathOf(string path, params (string Name, object? Value)[] query) => new(
        $"/api/keys{path}?{string.Join('&', query.Where(part => part.Value is not null).Select(part => $"{part.Name}={Uri.EscapeDataString($"{part.Value}")}"))}", UriKind.Relative);

    public static Task<JsonElement> KeysAsync(this HttpClient client, string path, params (string Name, object? Value)[] query) =>
        client.GetFromJsonAsync<JsonElement>(PathOf(path, query), Cancellation);

    /// <summary>Asks until there is nothing more, and checks that <c>complete</c> says so where there is one.</summary>
    public static async Task<List<JsonElement>> AllAsync(this HttpClient client, string path, params (string Name, object? Value)[] query)
    {
        var answers = new List<JsonElement>();
        string? cursor = null;
        do
        {
            answers.Add(await client.KeysAsync(path, [.. query, ("cursor", cursor)]));
            cursor = answers[^1].GetProperty("next").GetString();
            if (answers[^1].TryGetProperty("complete", out var complete))
                Assert.Equal(cursor is null, complete.GetBoolean());
        }
        while (cursor is not null);
        return answers;
    }

    /// <summary>The elements of all answers.</summary>
    public static IEnumerable<JsonElement> Items(this IEnumerable<JsonElement> answers) => answers.SelectMany(answer => answer.GetProperty("items").EnumerateArray());

    public static string Text(this JsonElement element, string name) => element.GetProperty(name).GetString()!;

    public static long Number(this JsonElement element, string name) => element.GetProperty(name).GetInt64();

    /// <summary>Deletes by a pattern and reads the whole stream.</summary>
    public static async Task<List<(string Event, JsonElement Data)>> DeleteAllAsync(this HttpClient client, object body)
    {
        using var response = await client.PostAsJsonAsync(new Uri("/api/keys/delete", UriKind.Relative), body, Cancellation);
        Assert.Equal((HttpStatusCode.OK, "text/event-stream"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        var text = await response.Content.ReadAsStringAsync(Cancellation);
        return [.. text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(part => part.Split('\n'))
            .Select(lines => (lines[0]["event: ".Length..], JsonElement.Parse(lines[1]["data: ".Length..])))];
    }

    /// <summary>What a validation problem finds wrong.</summary>
    public static async Task<string[]> ErrorsAsync(HttpResponseMessage response)
    {
        Assert.Equal((HttpStatusCode.BadRequest, "application/problem+json"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
        return [.. problem.GetProperty("errors").EnumerateObject().Select(error => error.Name)];
    }

    /// <summary>Stores many keys with a time to live.</summary>
    public static Task FillAsync(this RedisReplication redis, string prefix, int count) => redis.Master.ExecuteAsync(
        "EVAL", "for i = 1, ARGV[2] do redis.call('SET', ARGV[1] .. i, 'value', 'EX', 600) end", 0, prefix, count);
}
