using System.Net;
using System.Text;
using System.Text.Json;
using RedisAspire.ApiService.Keys;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.ApiService;

public sealed class KeysValueTests(KeysFixture fixture) : IClassFixture<KeysFixture>
{
    private readonly string _key = $"key-{Guid.NewGuid():N}";
    private readonly HttpClient _client = fixture.Admin;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("bar", "text")]
    [InlineData("", "text")]
    [InlineData("ligne 1\r\n\tclé ☕", "text")]
    [InlineData("12.5", "text")]
    [InlineData("""{"a": [1, "é"]}""", "json")]
    [InlineData(" []\n", "json")]
    [InlineData("""{"a": 1""", "text")]
    [InlineData("{} {}", "text")]
    [InlineData("""{"a":"\ud83d\ude00"}""", "json")]
    [InlineData("""{"a":"\ud83d"}""", "text")]
    [InlineData("""["\ude00\ud83d"]""", "text")]
    [InlineData("""{"\ud83d":1}""", "text")]
    public async Task A_string_is_text_or_JSON(string value, string format)
    {
        await StoreAsync("SETEX", 600, value);

        var answer = await ValueAsync();

        Assert.Equal(("redis-master", _key, "string"), (answer.Text("node"), answer.Text("key"), answer.Text("type")));
        Assert.True(answer.Text("encoding") is "embstr" or "raw");
        Assert.InRange(answer.GetProperty("ttlSeconds").GetDouble(), 500, 600);
        Assert.InRange(answer.Number("idleSeconds"), 0, 60);
        Assert.True(answer.Number("memoryBytes") > 0);
        Assert.Equal(Encoding.UTF8.GetByteCount(value), answer.Number("length"));
        var content = Assert.Single(Items(answer)).GetProperty("value");
        Assert.Equal((format, value, false), (content.Text("format"), content.Text("data"), content.GetProperty("truncated").GetBoolean()));
    }

    [Theory]
    [InlineData("EXAT", 1_893_456_000_000)]
    [InlineData("PX", 9_000_000_000_000_000_000)]
    public async Task A_key_that_lives_for_thousands_of_years_is_shown_and_listed_and_can_be_given_another_time(string option, long time)
    {
        await StoreAsync("SET", "value", option, time);

        var shown = await ValueAsync();
        var listed = Assert.Single(Items(await _client.KeysAsync("", ("pattern", _key))));
        var changed = await _client.PutAsync(KeysClient.PathOf("/ttl", ("key", _key)), new StringContent("""{"seconds":100}""", Encoding.UTF8, "application/json"), Cancellation);

        Assert.All([shown, listed], key => Assert.True(key.GetProperty("ttlSeconds").GetDouble() > 1e12));
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
    }

    [Fact]
    public async Task Bytes_that_are_no_text_are_shown_as_hexadecimal_digits()
    {
        await StoreAsync("SET", new byte[] { 0xff, 0x00, 0x41 });

        var content = Assert.Single(Items(await ValueAsync())).GetProperty("value");

        Assert.Equal(("binary", "ff0041", 3), (content.Text("format"), content.Text("data"), content.Number("bytes")));
    }

    [Fact]
    public async Task A_long_string_comes_in_parts_that_cut_no_character()
    {
        var value = "x" + string.Concat(Enumerable.Repeat("é☕", 40_000));
        await StoreAsync("SET", value);

        var answers = await _client.AllAsync("/value", ("key", _key));

        Assert.Equal(4, answers.Count);
        var contents = answers.Items().Select(item => item.GetProperty("value")).ToArray();
        Assert.Equal(value, string.Concat(contents.Select(content => content.Text("data"))));
        Assert.All(contents, content => Assert.Equal(("text", 200_001, true), (content.Text("format"), content.Number("bytes"), content.GetProperty("truncated").GetBoolean())));
    }

    [Fact]
    public async Task A_list_comes_in_its_order()
    {
        await StoreAsync("RPUSH", [.. Enumerable.Range(0, 250).Select(i => (object)$"value-{i}")]);

        var answers = await _client.AllAsync("/value", ("key", _key));

        Assert.Equal([100, 100, 50], answers.Select(answer => Items(answer).Length));
        Assert.Equal(Enumerable.Range(0, 250).Select(i => $"{i} value-{i}"), answers.Items().Select(item => $"{item.Number("index")} {Data(item, "value")}"));
        Assert.All(answers, answer => Assert.Equal(("list", 250), (answer.Text("type"), answer.Number("length"))));
    }

    [Fact]
    public async Task A_sorted_set_comes_by_score()
    {
        await StoreAsync("ZADD", "inf", "c", "-inf", "a", "1.5", "b");

        var answers = await _client.AllAsync("/value", ("key", _key), ("limit", 2));

        Assert.Equal(2, answers.Count);
        Assert.Equal(["0 a -inf", "1 b 1.5", "2 c inf"], answers.Items().Select(item => $"{item.Number("index")} {Data(item, "value")} {item.Text("score")}"));
    }

    [Fact]
    public async Task A_set_is_complete_however_large()
    {
        await StoreAsync("SADD", [.. Enumerable.Range(0, 700).Select(i => (object)$"value-{i}")]);

        var answers = await _client.AllAsync("/value", ("key", _key), ("limit", 200));

        Assert.True(answers.Count > 2);
        Assert.Equal(700, answers.Items().Select(item => Data(item, "value")).Distinct().Count());
    }

    [Fact]
    public async Task A_hash_has_fields_and_values()
    {
        await StoreAsync("HSET", "name", "Clavier", "features", """["usb"]""");

        var items = Items(await ValueAsync());

        Assert.Equal(["features json [\"usb\"]", "name text Clavier"], items.Select(item => $"{Data(item, "field")} {item.GetProperty("value").Text("format")} {Data(item, "value")}").Order());
    }

    [Fact]
    public async Task A_stream_comes_entry_by_entry()
    {
        for (var i = 1; i <= 5; i++)
            await fixture.Redis.Master.ExecuteAsync("XADD", _key, $"{i}-1", "number", i, "other", "value");

        var answers = await _client.AllAsync("/value", ("key", _key), ("limit", 2));

        Assert.Equal(3, answers.Count);
        Assert.Equal(
            Enumerable.Range(1, 5).Select(i => $"{i}-1 number={i} other=value"),
            answers.Items().Select(item => $"{item.Text("id")} {string.Join(' ', item.GetProperty("fields").EnumerateArray().Select(field => $"{Data(field, "field")}={Data(field, "value")}"))}"));
    }

    [Fact]
    public async Task Half_of_a_pair_of_surrogates_makes_text_of_JSON_wherever_it_stands()
    {
        const string half = """{"a":"\ud83d"}""";
        (string Command, object[] Arguments)[] stored = [("RPUSH", [half]), ("SADD", [half]), ("ZADD", [1, half]), ("HSET", [half, half]), ("XADD", ["*", half, half])];
        foreach (var (command, arguments) in stored)
        {
            await fixture.Redis.Master.ExecuteAsync("DEL", _key);
            await StoreAsync(command, arguments);

            var item = Assert.Single(Items(await ValueAsync()));

            foreach (var element in item.TryGetProperty("fields", out var fields) ? fields.EnumerateArray().ToArray() : [item])
                Assert.Equal(("text", half), (element.GetProperty("value").Text("format"), Data(element, "value")));
        }
    }

    [Theory]
    [InlineData("18446744073709551615-18446744073709551615")]
    [InlineData("18446744073709551614-18446744073709551615")]
    public async Task A_stream_whose_last_id_is_the_greatest_possible_has_an_end(string last)
    {
        foreach (var id in new[] { "1-1", "2-1", "3-1", last })
            await fixture.Redis.Master.ExecuteAsync("XADD", _key, id, "field", "value");

        var answers = await _client.AllAsync("/value", ("key", _key), ("limit", 2));

        Assert.Equal(["1-1", "2-1", "3-1", last], answers.Items().Select(item => item.Text("id")));
    }

    [Fact]
    public async Task Of_a_large_element_the_beginning_is_shown_and_of_large_elements_fewer_come_at_a_time()
    {
        var large = new string('x', 300_000);
        await StoreAsync("RPUSH", [.. Enumerable.Range(0, 10).Select(_ => (object)large)]);

        var answers = await _client.AllAsync("/value", ("key", _key));

        Assert.All(answers, answer => Assert.InRange(Items(answer).Length, 1, 4));
        Assert.Equal(10, answers.Items().Count());
        Assert.All(answers.Items(), item => Assert.Equal((4096, 300_000, true), (Data(item, "value").Length, item.GetProperty("value").Number("bytes"), item.GetProperty("value").GetProperty("truncated").GetBoolean())));
    }

    [Theory]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("")]
    [InlineData("a/b?c#d%e&f+g")]
    [InlineData("clé ☕")]
    [InlineData(@"back\slash")]
    public async Task Every_key_can_be_asked_for(string key)
    {
        await fixture.Redis.Master.ExecuteAsync("SET", key, $"value of {key}");

        var answer = await _client.KeysAsync("/value", ("key", key.Replace(@"\", @"\\")));

        Assert.Equal($"value of {key}", Data(Assert.Single(Items(answer)), "value"));
    }

    [Fact]
    public async Task A_binary_key_is_listed_and_asked_for_by_its_text()
    {
        byte[] key = [0xff, 0x00, .. Encoding.UTF8.GetBytes(_key)];
        await fixture.Redis.Master.ExecuteAsync("SET", key, "value");

        var listed = Assert.Single((await _client.AllAsync("", ("pattern", @"\xff*"))).Items()).Text("key");
        var answer = await _client.KeysAsync("/value", ("key", listed));

        Assert.Equal($@"\xff\x00{_key}", listed);
        Assert.Equal("value", Data(Assert.Single(Items(answer)), "value"));
    }

    [Fact]
    public async Task A_replica_shows_the_same()
    {
        await StoreAsync("SET", "value");
        await Eventually.HoldsAsync("the replica has it", async () => (long)await fixture.Redis.Nodes[1].ExecuteAsync("EXISTS", _key) == 1);

        var answer = await _client.KeysAsync("/value", ("key", _key), ("node", "redis-replica-1"));

        Assert.Equal(("redis-replica-1", "value"), (answer.Text("node"), Data(Assert.Single(Items(answer)), "value")));
    }

    [Fact]
    public async Task A_key_that_there_is_not_is_not_found()
    {
        using var response = await _client.GetAsync(KeysClient.PathOf("/value", ("key", _key)), Cancellation);

        Assert.Equal((HttpStatusCode.NotFound, "application/problem+json"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
    }

    [Fact]
    public async Task A_cursor_after_which_there_can_be_nothing_is_a_validation_problem()
    {
        await StoreAsync("XADD", "1-1", "field", "value");
        var cursor = new KeyCursor("redis-master", "18446744073709551615-18446744073709551615").ToString();

        using var response = await _client.GetAsync(KeysClient.PathOf("/value", ("key", _key), ("cursor", cursor)), Cancellation);

        Assert.Equal(["cursor"], await KeysClient.ErrorsAsync(response));
    }

    [Fact]
    public async Task A_cursor_of_another_type_is_a_validation_problem()
    {
        await StoreAsync("XADD", "7-7", "field", "value");
        await fixture.Redis.Master.ExecuteAsync("XADD", _key, "7-8", "field", "value");
        var cursor = (await _client.KeysAsync("/value", ("key", _key), ("limit", 1))).Text("next");
        await fixture.Redis.Master.ExecuteAsync("DEL", _key);
        await StoreAsync("SADD", "member");

        using var response = await _client.GetAsync(KeysClient.PathOf("/value", ("key", _key), ("cursor", cursor)), Cancellation);

        Assert.Equal(["cursor"], await KeysClient.ErrorsAsync(response));
    }

    private static JsonElement[] Items(JsonElement answer) => [.. answer.GetProperty("items").EnumerateArray()];

    private static string Data(JsonElement item, string name) => item.GetProperty(name).Text("data");

    private Task<JsonElement> ValueAsync() => _client.KeysAsync("/value", ("key", _key));

    private async Task StoreAsync(string command, params object[] arguments) => await fixture.Redis.Master.ExecuteAsync(command, [_key, .. arguments]);
}
