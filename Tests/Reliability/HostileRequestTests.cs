using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using RedisAspire.RedisProcesses;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.Reliability;

/// <summary>The API, on a real server, against ten thousand requests that mean no good.</summary>
[Collection(nameof(Undisturbed))]
public sealed class HostileRequestTests(RedisFixture fixture, ITestOutputHelper output) : IClassFixture<RedisFixture>
{
    private const int Seed = 20_250_607;

    private static readonly string[][] Canaries =
    [
        ["SET", "other:app", "not ours"], ["SET", "a key for good", "stays"], ["RPUSH", "a:list", "1", "2"], ["HSET", "a:hash", "field", "value"],
        ["SETEX", "app:canary", "3600", "sings"], ["SET", "db:product:canary", """{"id":"canary","name":"Canary","price":9.90,"category":"birds","in_stock":true,"features":[],"version":1}"""],
    ];

    private readonly RedisReplication _redis = fixture.Redis;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1_000, null)]
    [InlineData(1_000, ApiFactory.AdminKey)]
    public Task Nothing_that_a_client_sends_is_an_error_of_the_server_or_changes_what_it_may_not(int count, string? productKey) => AssertHarmlessAsync(count, productKey);

    [Theory]
    [Trait("Category", "Long")]
    [InlineData(10_000, null)]
    [InlineData(2_500, ApiFactory.AdminKey)]
    public Task Many_more_requests_do_no_harm_either(int count, string? productKey) => AssertHarmlessAsync(count, productKey);

    private async Task AssertHarmlessAsync(int count, string? productKey)
    {
        output.WriteLine($"Seed {Seed}");
        await using var api = await ApiFactory.StartAsync(_redis, ("SlowDatabase:Latency", "00:00:00"));
        using var client = api.CreateClient();
        foreach (var canary in Canaries)
            await _redis.Master.ExecuteAsync(canary[0], canary[1..]);
        var before = await DumpAsync(productKey is null);
        var port = client.BaseAddress!.Port;
        var requests = new HostileRequests(Seed, await PathsAsync(client), productKey);
        var answers = new ConcurrentDictionary<int, int>();
        var failures = new ConcurrentQueue<string>();

        await Parallel.ForEachAsync(
            Enumerable.Range(0, count).Select(i => i % (count / 4) == 0 ? HostileRequests.Huge(inBody: i % (count / 2) == 0) : requests.Next()),
            new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Cancellation },
            async (request, cancellationToken) =>
            {
                var answer = await HostileAnswer.ToAsync(port, request, cancellationToken);
                answers.AddOrUpdate(answer.Status, 1, (_, count) => count + 1);
                if (Judge(answer) is { } failure)
                    failures.Enqueue($"{failure}: {answer} to {Encoding.Latin1.GetString(request.AsSpan(0, Math.Min(request.Length, 600)))}");
            });

        output.WriteLine(string.Join(", ", answers.OrderBy(answer => answer.Key).Select(answer => $"{answer.Key}: {answer.Value}")));
        Assert.True(failures.IsEmpty, string.Join("\n\n", failures.Take(5)));
        Assert.True(answers.ContainsKey((int)HttpStatusCode.OK), "Nothing got through: the requests are not what they should be.");
        Assert.Equal(productKey is not null, answers.ContainsKey((int)HttpStatusCode.Created));
        using var health = await client.GetAsync(new Uri("/health", UriKind.Relative), Cancellation);
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
        Assert.Equal(before, await DumpAsync(productKey is null));
    }

    private static string? Judge(HostileAnswer answer) => answer switch
    {
        // What Kestrel says to versions of HTTP that there are not.
        { Status: (int)HttpStatusCode.HttpVersionNotSupported } => null,
        { Status: >= 500 } => "An error of the server",
        // Without a status the server has closed: what came was no HTTP, or broke off.
        { Status: >= 300, HasBody: true } when !answer.Type.StartsWith("application/problem+json", StringComparison.Ordinal) => "A failure that is no problem",
        _ => null,
    };

    private static async Task<string[]> PathsAsync(HttpClient client)
    {
        var document = await client.GetFromJsonAsync<JsonElement>(new Uri("/openapi/v1.json", UriKind.Relative), Cancellation);
        var paths = document.GetProperty("paths").EnumerateObject().Select(path => path.Name).ToArray();
        // More often where something is written, so that some of it gets through.
        return [.. paths, .. paths.Where(path => path.StartsWith("/api/db/products", StringComparison.Ordinal)).SelectMany(path => Enumerable.Repeat(path, 10)), "/health", "/alive", "/openapi/v1.json", "/{key}"];
    }

    // As Redis itself would store them, with whether they expire.
    private async Task<string[]> DumpAsync(bool withCatalogue)
    {
        var catalogue = withCatalogue ? (string[])(await _redis.Master.ExecuteAsync("KEYS", "db:*"))! : [];
        return await Task.WhenAll(Canaries.Select(canary => canary[1]).Concat(catalogue).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(async key =>
            $"{key} {Convert.ToHexString((byte[])(await _redis.Master.ExecuteAsync("DUMP", key))!)} {(long)await _redis.Master.ExecuteAsync("TTL", key) >= 0}"));
    }
}
