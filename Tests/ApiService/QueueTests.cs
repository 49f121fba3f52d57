using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using RedisAspire.RedisProcesses;
using RedisAspire.Tests.Support;
using StackExchange.Redis;

namespace RedisAspire.Tests.ApiService;

public sealed class QueueTests(RedisFixture fixture) : IClassFixture<RedisFixture>, IAsyncLifetime
{
    private const string Never = "01:00:00";

    private readonly RedisServer _master = fixture.Redis.Master;
    private readonly string _key = $"key-{Guid.NewGuid():N}";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _master.ExecuteAsync("DEL", "app:queue:jobs", "app:queue:dead", "app:queue:totals");
        // The dead are read from a replica: those of the test before must not be taken for those of this one.
        await fixture.Redis.WaitForReplicasAsync();
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_job_warms_the_cache_and_is_gone()
    {
        await using var api = await StartAsync();
        using var client = api.CreateClient();

        using var response = await EnqueueAsync(client, _key, _key + "-b");

        var answer = await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
        Assert.Equal((HttpStatusCode.Accepted, 2), (response.StatusCode, answer.GetProperty("keys").GetInt32()));
        await Eventually.HoldsAsync("the job is done", async () => Number(await StateAsync(client), "processed") == 1);
        Assert.Equal(2, (long)await _master.ExecuteAsync("EXISTS", _key, _key + "-b"));
        var state = await StateAsync(client);
        Assert.Equal((0, 0, 0, 0), (Number(state, "length"), Number(state, "pending"), Number(state, "retried"), Number(state, "dead")));
    }

    [Fact]
    public async Task What_a_job_has_warmed_is_what_a_request_finds()
    {
        await using var api = await StartAsync();
        using var client = api.CreateClient();
        using var queued = await EnqueueAsync(client, _key);
        await Eventually.HoldsAsync("the job is done", async () => Number(await StateAsync(client), "processed") == 1);
        await fixture.Redis.WaitForReplicasAsync();

        var answer = await client.GetFromJsonAsync<JsonElement>(new Uri($"/data/{_key}", UriKind.Relative), Cancellation);

        Assert.Equal(("cache", $"data_pour_{_key}"), (answer.GetProperty("source").GetString(), answer.GetProperty("data").GetString()));
        Assert.Equal($"data_pour_{_key}", (string?)await _master.ExecuteAsync("GET", _key));
    }

    [Fact]
    public async Task A_value_that_may_be_outdated_is_not_what_a_job_leaves_in_the_cache()
    {
        await using var api = await StartAsync();
        using var client = api.CreateClient();
        // Which rows were changed cannot be read.
        await _master.ExecuteAsync("SET", "app:database:rows", "no hash");

        using var queued = await EnqueueAsync(client, _key);

        await Eventually.HoldsAsync("the job is done", async () => Number(await StateAsync(client), "processed") == 1);
        Assert.Equal(0, (long)await _master.ExecuteAsync("EXISTS", _key));
        await _master.ExecuteAsync("DEL", "app:database:rows");
    }

    [Fact]
    public async Task Every_instance_is_a_consumer_and_leaves_when_it_stops()
    {
        await using var one = await StartAsync();
        using var client = one.CreateClient();
        await using (await StartAsync())
            await Eventually.HoldsAsync("there are two consumers", async () => (await StateAsync(client)).GetProperty("consumers").GetArrayLength() == 2);

        Assert.Equal(1, (await StateAsync(client)).GetProperty("consumers").GetArrayLength());
    }

    [Fact]
    public async Task Many_jobs_are_done_once_each_by_two_instances()
    {
        await using var one = await StartAsync();
        await using var other = await StartAsync();
        using var client = one.CreateClient();

        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => EnqueueAsync(client, $"{_key}-{i}")));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode));
        await Eventually.HoldsAsync("all jobs are done", async () => Number(await StateAsync(client), "length") == 0);
        Assert.Equal((100, 0), (Number(await StateAsync(client), "processed"), Number(await StateAsync(client), "retried")));
    }

    [Fact]
    public async Task A_job_of_a_consumer_that_is_gone_is_taken_over()
    {
        await AbandonAsync(await AddAsync("""["foo"]"""), deliveries: 1);
        await using var api = await StartAsync();
        using var client = api.CreateClient();

        await Eventually.HoldsAsync("the job is done", async () => Number(await StateAsync(client), "processed") == 1);

        Assert.Equal(1, Number(await StateAsync(client), "retried"));
        await Eventually.HoldsAsync("the consumer is forgotten", async () => !(await NamesAsync(client)).Contains("gone"));
    }

    [Fact]
    public async Task A_job_of_an_instance_that_stops_is_done_by_another()
    {
        await using (var slow = await StartAsync(("SlowDatabase:Latency", Never)))
        {
            using var slowClient = slow.CreateClient();
            using var queued = await EnqueueAsync(slowClient, _key);
            await Eventually.HoldsAsync("the job is under way", async () => Number(await StateAsync(slowClient), "pending") == 1);
        }

        var pending = Assert.Single(((RedisResult[]?)await _master.ExecuteAsync("XPENDING", "app:queue:jobs", "warmers", "-", "+", 10))!);
        await AbandonAsync((string)pending[0]!, deliveries: 1);
        await using var api = await StartAsync();
        using var client = api.CreateClient();
        await Eventually.HoldsAsync("the job is done", async () => Number(await StateAsync(client), "processed") == 1);
        Assert.Equal(1, (long)await _master.ExecuteAsync("EXISTS", _key));
    }

    [Fact]
    public async Task A_job_that_cannot_be_done_is_put_aside_after_three_deliveries_and_can_be_retried()
    {
        await using (var slow = await StartAsync(("SlowDatabase:Latency", Never), ("Queue:JobTimeout", "00:00:00.050"), ("Queue:AbandonedAfter", "00:00:00.100")))
        {
            using var slowClient = slow.CreateAdminClient();
            using var queued = await EnqueueAsync(slowClient, _key);
            await Eventually.HoldsAsync("the job is dead", async () => Number(await StateAsync(slowClient), "dead") == 1);

            await Eventually.HoldsAsync("the node that is read has it", async () => (await DeadAsync(slowClient)).Length == 1);
            var dead = (await DeadAsync(slowClient))[0];
            Assert.Equal((3, _key), (Number(dead, "deliveries"), dead.GetProperty("keys")[0].GetString()));
            Assert.Equal((await queued.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("id").GetString(), dead.GetProperty("job").GetString());
            Assert.Contains("took longer than", dead.GetProperty("reason").GetString()!);
            Assert.Equal((0, 2), (Number(await StateAsync(slowClient), "length"), Number(await StateAsync(slowClient), "retried")));
        }

        await using var api = await StartAsync();
        using var client = api.CreateAdminClient();
        using var response = await client.PostAsync(Path("/dead/retry"), content: null, Cancellation);

        Assert.Equal(1, Number(await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation), "retried"));
        await Eventually.HoldsAsync("the job is done", async () => Number(await StateAsync(client), "processed") == 1);
        Assert.Equal(0, Number(await StateAsync(client), "dead"));
    }

    [Fact]
    public async Task A_job_that_nobody_survived_is_put_aside_unseen()
    {
        await AbandonAsync(await AddAsync("""["foo"]"""), deliveries: 3);
        await using var api = await StartAsync();
        using var client = api.CreateClient();

        await Eventually.HoldsAsync("the job is dead", async () => (await DeadAsync(client)).Length == 1);

        Assert.Contains("no consumer finished it", (await DeadAsync(client))[0].GetProperty("reason").GetString()!);
    }

    [Theory]
    [InlineData("keys", "no JSON")]
    [InlineData("keys", "[1]")]
    [InlineData("keys", "null")]
    [InlineData("keys", """["a",null]""")]
    [InlineData("keys", """["\ud83d"]""")]
    [InlineData("keys", """["app:data-protection:keys"]""")]
    [InlineData("keys", """["a\u0000"]""")]
    [InlineData("keys", """[]""")]
    [InlineData("other", "field")]
    public async Task What_another_client_has_put_there_and_is_no_job_is_put_aside_at_once(string field, string value)
    {
        await using var api = await StartAsync();
        using var client = api.CreateClient();
        await _master.ExecuteAsync("XADD", "app:queue:jobs", "*", field, value);

        await Eventually.HoldsAsync("the entry is dead", async () => (await DeadAsync(client)).Length == 1);

        var dead = (await DeadAsync(client))[0];
        Assert.Equal((1, 0), (Number(dead, "deliveries"), dead.GetProperty("keys").GetArrayLength()));
        Assert.Contains("no job", dead.GetProperty("reason").GetString()!);
    }

    [Fact]
    public async Task When_Redis_has_lost_the_queue_it_goes_on()
    {
        await using var api = await StartAsync();
        using var client = api.CreateClient();
        using var before = await EnqueueAsync(client, _key);
        await Eventually.HoldsAsync("the first job is done", async () => Number(await StateAsync(client), "processed") == 1);

        await _master.ExecuteAsync("DEL", "app:queue:jobs", "app:queue:totals");
        using var after = await EnqueueAsync(client, _key + "-b");

        await Eventually.HoldsAsync("the second job is done", async () => Number(await StateAsync(client), "processed") == 1);
    }

    [Fact]
    public async Task A_queue_that_is_full_takes_no_more()
    {
        await using var api = await StartAsync(("SlowDatabase:Latency", Never), ("Queue:MaximumJobs", "2"));
        using var client = api.CreateClient();
        for (var i = 0; i < 2; i++)
            Assert.Equal(HttpStatusCode.Accepted, (await EnqueueAsync(client, _key)).StatusCode);

        using var refused = await EnqueueAsync(client, _key);

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "application/problem+json"), (refused.StatusCode, refused.Content.Headers.ContentType?.MediaType));
        Assert.NotNull(refused.Headers.RetryAfter);
    }

    [Fact]
    public async Task The_dead_are_paged_the_last_one_first_until_they_are_forgotten()
    {
        for (var i = 1; i <= 5; i++)
            await _master.ExecuteAsync("XADD", "app:queue:dead", $"{i}-0", "keys", $"""["{i}"]""", "reason", "r");
        await using var api = await StartAsync();
        using var client = api.CreateAdminClient();
        await Eventually.HoldsAsync("the node that is read has them", async () => (await DeadAsync(client)).Length == 5);

        var pages = new List<string>();
        for (string? cursor = ""; cursor is not null;)
        {
            var page = await client.GetFromJsonAsync<JsonElement>(Path($"/dead?limit=2{cursor}"), Cancellation);
            pages.Add(string.Concat(page.GetProperty("items").EnumerateArray().Select(job => job.GetProperty("keys")[0].GetString())));
            cursor = page.GetProperty("next").GetString() is { } next ? $"&cursor={next}" : null;
        }

        Assert.Equal(["54", "32", "1"], pages);
        using var cleared = await client.DeleteAsync(Path("/dead"), Cancellation);
        Assert.Equal((HttpStatusCode.NoContent, 0), (cleared.StatusCode, Number(await StateAsync(client), "dead")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"keys":null}""")]
    [InlineData("""{"keys":[]}""")]
    [InlineData("""{"keys":[null]}""")]
    [InlineData("""{"keys":[""]}""")]
    [InlineData("""{"keys":["app:x"]}""")]
    [InlineData("""{"keys":["a\u0000"]}""")]
    [InlineData("""{"keys":"a"}""")]
    [InlineData("""{"keys":["a"],"more":1}""")]
    public async Task What_is_no_job_is_refused(string body)
    {
        await using var api = await StartAsync();
        using var client = api.CreateClient();

        using var response = await PostAsync(client, body);

        Assert.Equal((HttpStatusCode.BadRequest, "application/problem+json"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
    }

    [Fact]
    public async Task A_job_that_is_too_large_is_refused()
    {
        await using var api = await StartAsync();
        using var client = api.CreateClient();

        using var tooMany = await EnqueueAsync(client, [.. Enumerable.Range(0, 101).Select(i => $"{i}")]);
        using var tooLong = await EnqueueAsync(client, [.. Enumerable.Repeat(new string('k', 512), 17)]);

        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.BadRequest), (tooMany.StatusCode, tooLong.StatusCode));
    }

    [Theory]
    [InlineData("GET", "/dead?limit=0", 400)]
    [InlineData("GET", "/dead?limit=101", 400)]
    [InlineData("GET", "/dead?cursor=x", 400)]
    [InlineData("GET", "/dead?cursor=0-0", 400)]
    [InlineData("POST", "/dead/retry", 401)]
    [InlineData("DELETE", "/dead", 401)]
    public async Task Bad_requests_are_refused(string method, string path, int status)
    {
        await using var api = await StartAsync();
        using var client = api.CreateClient();
        using var request = new HttpRequestMessage(new HttpMethod(method), Path(path));

        using var response = await client.SendAsync(request, Cancellation);

        Assert.Equal((status, "application/problem+json"), ((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType));
    }

    private static Uri Path(string path = "") => new($"/api/queue{path}", UriKind.Relative);

    private static long Number(JsonElement answer, string property) => answer.GetProperty(property).GetInt64();

    private static Task<JsonElement> StateAsync(HttpClient client) => client.GetFromJsonAsync<JsonElement>(Path(), Cancellation);

    private static async Task<JsonElement[]> DeadAsync(HttpClient client) =>
        [.. (await client.GetFromJsonAsync<JsonElement>(Path("/dead"), Cancellation)).GetProperty("items").EnumerateArray()];

    private static async Task<IEnumerable<string?>> NamesAsync(HttpClient client) =>
        (await StateAsync(client)).GetProperty("consumers").EnumerateArray().Select(consumer => consumer.GetProperty("name").GetString());

    private static Task<HttpResponseMessage> EnqueueAsync(HttpClient client, params string[] keys) => PostAsync(client, JsonSerializer.Serialize(new { keys }));

    private static async Task<HttpResponseMessage> PostAsync(HttpClient client, string body)
    {
        using var content = new StringContent(body, encoding: null, "application/json");
        return await client.PostAsync(Path(), content, Cancellation);
    }

    private async Task<string> AddAsync(string keys)
    {
        await _master.ExecuteAsync("XGROUP", "CREATE", "app:queue:jobs", "warmers", "0", "MKSTREAM");
        return (string)(await _master.ExecuteAsync("XADD", "app:queue:jobs", "*", "keys", keys))!;
    }

    // As if it had been given to somebody an hour ago.
    private async Task AbandonAsync(string id, int deliveries)
    {
        await _master.ExecuteAsync("XREADGROUP", "GROUP", "warmers", "gone", "STREAMS", "app:queue:jobs", ">");
        await _master.ExecuteAsync("XCLAIM", "app:queue:jobs", "warmers", "gone", 0, id, "IDLE", 3_600_000, "RETRYCOUNT", deliveries);
    }

    private Task<ApiFactory> StartAsync(params (string Name, string? Value)[] settings) => ApiFactory.StartAsync(fixture.Redis,
    [
        ("SlowDatabase:Latency", "00:00:00"), ("Queue:PollInterval", "00:00:00.050"), ("Queue:TakeOverInterval", "00:00:00.050"),
        ("Queue:ForgetConsumersAfter", "00:00:01"),
        .. settings,
    ]);
}
