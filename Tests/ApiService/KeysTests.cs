using System.Net;
using System.Text.Json;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.ApiService;

public sealed class KeysTests(KeysFixture fixture) : IClassFixture<KeysFixture>, IAsyncLifetime
{
    private readonly HttpClient _client = fixture.Admin;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await fixture.Redis.Master.ExecuteAsync("FLUSHALL");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Keys_are_listed_with_type_time_to_live_and_memory()
    {
        await StoreOneOfEachAsync();

        var answer = await _client.KeysAsync("");

        Assert.Equal("redis-master", answer.Text("node"));
        Assert.Equal(JsonValueKind.Null, answer.GetProperty("next").ValueKind);
        var items = answer.GetProperty("items").EnumerateArray().OrderBy(item => item.Text("key")).ToArray();
        Assert.Equal(
            ["a-hash hash", "a-list list", "a-set set", "a-stream stream", "a-string string", "a-zset zset"],
            items.Select(item => $"{item.Text("key")} {item.Text("type")}"));
        Assert.All(items, item => Assert.True(item.Number("memoryBytes") > 0));
        Assert.InRange(items[4].GetProperty("ttlSeconds").GetDouble(), 500, 600);
        Assert.All(items.Where(item => item.Text("key") != "a-string"), item => Assert.Equal(JsonValueKind.Null, item.GetProperty("ttlSeconds").ValueKind));
    }

    [Theory]
    [InlineData("a-s*", null, "a-set a-stream a-string")]
    [InlineData("a-s*", "set", "a-set")]
    [InlineData("a-[hl]???", null, "a-hash a-list")]
    [InlineData(null, "zset", "a-zset")]
    [InlineData("none:*", null, "")]
    [InlineData("a-set", null, "a-set")]
    [InlineData(@"a\-set", "set", "a-set")]
    [InlineData("a-set", "list", "")]
    [InlineData("none", null, "")]
    public async Task Keys_are_chosen_by_pattern_and_type(string? pattern, string? type, string keys)
    {
        await StoreOneOfEachAsync();

        var answers = await _client.AllAsync("", ("pattern", pattern), ("type", type));

        Assert.Equal(keys, string.Join(' ', answers.Items().Select(item => item.Text("key")).Order()));
    }

    [Fact]
    public async Task A_pattern_without_wildcards_is_answered_without_looking_at_every_key()
    {
        await fixture.Redis.FillAsync("page:", 2500);

        var answer = await _client.KeysAsync("", ("pattern", "page:77"), ("limit", 1));

        Assert.Equal("page:77", Assert.Single(answer.GetProperty("items").EnumerateArray()).Text("key"));
        Assert.Equal(JsonValueKind.Null, answer.GetProperty("next").ValueKind);
    }

    [Fact]
    public async Task Pages_together_have_every_key_once_and_are_about_as_long_as_asked_for()
    {
        await fixture.Redis.FillAsync("page:", 2500);
        await fixture.Redis.FillAsync("other:", 500);

        var answers = await _client.AllAsync("", ("pattern", "page:*"), ("limit", 100));

        Assert.Equal(Enumerable.Range(1, 2500).Select(i => $"page:{i}").Order(), answers.Items().Select(item => item.Text("key")).Order());
        Assert.All(answers, answer => Assert.InRange(answer.GetProperty("items").GetArrayLength(), 0, 150));
    }

    [Fact]
    public async Task A_page_without_matches_ends_all_the_same_and_can_be_gone_on_from()
    {
        await fixture.Redis.FillAsync("page:", 5000);
        await fixture.Redis.Master.ExecuteAsync("SET", "needle", "found");

        var answers = await _client.AllAsync("", ("pattern", "needl?"));

        Assert.Equal("needle", Assert.Single(answers.Items()).Text("key"));
        Assert.InRange(answers.Count, 3, 10);
    }

    [Fact]
    public async Task Every_node_can_be_asked_and_a_cursor_remembers_which()
    {
        await fixture.Redis.FillAsync("page:", 300);
        await Eventually.HoldsAsync("the replica has the keys", async () => (long)await fixture.Redis.Nodes[2].ExecuteAsync("DBSIZE") == 300);

        var first = await _client.KeysAsync("", ("node", "redis-replica-2"), ("limit", 10));
        var second = await _client.KeysAsync("", ("cursor", first.Text("next")));
        using var elsewhere = await _client.GetAsync(KeysClient.PathOf("", ("node", "redis-replica-1"), ("cursor", first.Text("next"))), Cancellation);

        Assert.Equal(("redis-replica-2", "redis-replica-2"), (first.Text("node"), second.Text("node")));
        Assert.Empty(first.GetProperty("items").EnumerateArray().Select(item => item.Text("key")).Intersect(second.GetProperty("items").EnumerateArray().Select(item => item.Text("key"))));
        Assert.Equal(["cursor"], await KeysClient.ErrorsAsync(elsewhere));
    }

    [Fact]
    public async Task The_tree_shows_one_level_with_counts()
    {
        foreach (var key in new[] { "db:product:1", "db:product:2", "db:products", "db:category:a:b", "foo", "db", ":odd" })
            await fixture.Redis.Master.ExecuteAsync("SET", key, "value");

        var root = await _client.KeysAsync("/tree");
        var below = await _client.KeysAsync("/tree", ("prefix", "db:"));

        Assert.Equal([":/prefix/1", "db/key/1", "db:/prefix/4", "foo/key/1"], Describe(root));
        Assert.Equal(["db:category:/prefix/1", "db:product:/prefix/2", "db:products/key/1"], Describe(below));
        Assert.Equal(["category", "product", "products"], below.GetProperty("items").EnumerateArray().Select(item => item.Text("name")));
        Assert.Equal((7, 7, true), (root.Number("scanned"), root.Number("keysOnNode"), root.GetProperty("complete").GetBoolean()));

        static IEnumerable<string> Describe(JsonElement answer) =>
            answer.GetProperty("items").EnumerateArray().Select(item => $"{item.Text("path")}/{item.Text("kind")}/{item.Number("keys")}");
    }

    [Fact]
    public async Task A_tree_may_have_any_separator_and_a_prefix_is_no_pattern()
    {
        foreach (var key in new[] { "*a//b", "*a//c", "xa//d" })
            await fixture.Redis.Master.ExecuteAsync("SET", key, "value");

        var answer = await _client.KeysAsync("/tree", ("prefix", "*"), ("separator", "//"));

        var item = Assert.Single(answer.GetProperty("items").EnumerateArray());
        Assert.Equal(("a", "*a//", 2), (item.Text("name"), item.Text("path"), item.Number("keys")));
    }

    [Fact]
    public async Task The_tree_and_the_count_of_many_keys_come_in_several_answers_that_add_up()
    {
        await fixture.Redis.FillAsync("page:", 3000);
        await fixture.Redis.FillAsync("user:", 2000);

        var tree = await _client.AllAsync("/tree");
        var count = await _client.AllAsync("/count", ("pattern", "user:*"));

        Assert.Equal(
            ["page: 3000", "user: 2000"],
            tree.Items().GroupBy(item => item.Text("path")).Select(group => $"{group.Key} {group.Sum(item => item.Number("keys"))}").Order());
        Assert.Equal(2000, count.Sum(answer => answer.Number("keys")));
        Assert.All([tree, count], answers => Assert.InRange(answers.Count, 3, 10));
        Assert.All([.. tree, .. count], answer => Assert.InRange(answer.Number("scanned"), 1, 2500));
    }

    [Fact]
    public async Task A_level_with_many_names_comes_in_several_answers()
    {
        await fixture.Redis.FillAsync("page:", 900);

        var answers = await _client.AllAsync("/tree", ("prefix", "page:"), ("limit", 100));

        Assert.Equal(900, answers.Items().Select(item => item.Text("path")).Distinct().Count());
        Assert.All(answers, answer => Assert.InRange(answer.GetProperty("items").GetArrayLength(), 0, 160));
    }

    [Theory]
    [InlineData("", "?limit=0", "limit")]
    [InlineData("", "?limit=1001", "limit")]
    [InlineData("", "?type=number", "type")]
    [InlineData("", "?pattern=", "pattern")]
    [InlineData("", @"?pattern=a\", "pattern")]
    [InlineData("", "?pattern=*********", "pattern")]
    [InlineData("", "?cursor=!", "cursor")]
    [InlineData("", "?cursor=cmVkaXMtbWFzdGVyIG5vLW51bWJlcg", "cursor")]
    [InlineData("/tree", @"?prefix=a\z", "prefix")]
    [InlineData("/tree", "?separator=", "separator")]
    [InlineData("/tree", "?cursor=MTc", "cursor")]
    [InlineData("/count", "?type=string%00", "type")]
    [InlineData("/value", "", "key")]
    [InlineData("/value", @"?key=\xf", "key")]
    [InlineData("/value", "?key=a&limit=-1", "limit")]
    public async Task Bad_input_is_a_validation_problem(string path, string query, string wrong)
    {
        using var response = await _client.GetAsync(new Uri($"/api/keys{path}{query}", UriKind.Relative), Cancellation);

        Assert.Equal([wrong], await KeysClient.ErrorsAsync(response));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/tree")]
    [InlineData("/count")]
    [InlineData("/value")]
    public async Task A_node_that_there_is_not_is_not_found(string path)
    {
        using var response = await _client.GetAsync(KeysClient.PathOf(path, ("node", "redis-replica-9"), ("key", "a")), Cancellation);

        Assert.Equal((HttpStatusCode.NotFound, "application/problem+json"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
    }

    private async Task StoreOneOfEachAsync()
    {
        var master = fixture.Redis.Master;
        await master.ExecuteAsync("SET", "a-string", "value", "EX", 600);
        await master.ExecuteAsync("RPUSH", "a-list", "1");
        await master.ExecuteAsync("SADD", "a-set", "1");
        await master.ExecuteAsync("ZADD", "a-zset", 1, "a");
        await master.ExecuteAsync("HSET", "a-hash", "field", "value");
        await master.ExecuteAsync("XADD", "a-stream", "*", "field", "value");
    }
}
