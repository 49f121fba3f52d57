using System.Net;
using System.Text;
using System.Text.Json;
using RedisAspire.ApiService.Keys;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.ApiService;

/// <summary>Values that are created, changed, renamed and copied.</summary>
public sealed class KeysEditTests(KeysFixture fixture) : IClassFixture<KeysFixture>
{
    private readonly string _key = $"edit-{Guid.NewGuid():N}";
    private readonly HttpClient _client = fixture.Admin;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("string", """[{"value":{"text":"é"}}]""", "GET")]
    [InlineData("list", """[{"value":{"text":"a"}},{"value":{"text":"b"}}]""", "LRANGE 0 -1")]
    [InlineData("set", """[{"value":{"hex":"ff00"}}]""", "SMEMBERS")]
    [InlineData("zset", """[{"value":{"text":"a"},"score":"-inf"},{"value":{"text":"b"},"score":"1.5"}]""", "ZRANGE 0 -1")]
    [InlineData("hash", """[{"field":{"text":"f"},"value":{"text":"v"}}]""", "HGETALL")]
    [InlineData("stream", """[{"fields":[{"field":{"text":"f"},"value":{"text":"v"}}]}]""", "XLEN")]
    public async Task A_key_of_every_type_is_created_once(string type, string items, string read)
    {
        var body = $$"""{"type":"{{type}}","items":{{items}},"ttlSeconds":600}""";

        using var created = await SendAsync("PUT", "/value", body, ("If-None-Match", "*"));
        using var again = await SendAsync("PUT", "/value", body, ("If-None-Match", "*"));

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.PreconditionFailed), (created.StatusCode, again.StatusCode));
        Assert.Equal(type, (string?)await fixture.Redis.Master.ExecuteAsync("TYPE", _key));
        Assert.InRange((long)await fixture.Redis.Master.ExecuteAsync("TTL", _key), 500, 600);
        var words = read.Split(' ');
        Assert.False((await fixture.Redis.Master.ExecuteAsync(words[0], [_key, .. words[1..]])).IsNull);
    }

    [Fact]
    public async Task A_string_is_replaced_only_while_it_is_what_was_read_and_keeps_its_time_to_live()
    {
        await RunAsync("SET", _key, "before", "EX", 600);
        var tag = (await ReadAsync()).GetProperty("items")[0].Text("tag");

        using var first = await SendAsync("PUT", "/value", """{"type":"string","items":[{"value":{"text":"first"}}]}""", ("If-Match", $"\"{tag}\""));
        using var second = await SendAsync("PUT", "/value", """{"type":"string","items":[{"value":{"text":"second"}}]}""", ("If-Match", $"\"{tag}\""));

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.PreconditionFailed), (first.StatusCode, second.StatusCode));
        Assert.Equal("first", (string?)await RunAsync("GET", _key));
        Assert.InRange((long)await RunAsync("TTL", _key), 500, 600);
    }

    [Theory]
    [InlineData("hash", "HSET f before", """{"field":{"text":"f"},"value":{"text":"after"}}""", null, "HGET f", "after")]
    [InlineData("list", "RPUSH before other", """{"value":{"text":"after"}}""", "0", "LINDEX 0", "after")]
    [InlineData("zset", "ZADD 1 m", """{"value":{"text":"m"},"score":"2.5"}""", null, "ZSCORE m", "2.5")]
    public async Task An_element_is_replaced_only_while_it_is_what_was_read(string type, string store, string element, string? position, string read, string after)
    {
        await RunAsync(store);
        var tag = (await ReadAsync()).GetProperty("items")[0].Text("tag");
        var body = Change(type, "set", element, position);

        using var first = await SendAsync("POST", "/elements", body, ("If-Match", $"\"{tag}\""));
        using var second = await SendAsync("POST", "/elements", body, ("If-Match", $"\"{tag}\""));

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.PreconditionFailed), (first.StatusCode, second.StatusCode));
        Assert.Equal(after, (string?)await RunAsync(read));
    }

    [Theory]
    [InlineData("hash", "HSET f v", """{"field":{"text":"g"},"value":{"text":"w"}}""", null, "HLEN")]
    [InlineData("list", "RPUSH a", """{"value":{"text":"b"}}""", "tail", "LLEN")]
    [InlineData("set", "SADD a", """{"value":{"text":"b"}}""", null, "SCARD")]
    [InlineData("zset", "ZADD 1 a", """{"value":{"text":"b"},"score":"inf"}""", null, "ZCARD")]
    [InlineData("stream", "XADD 1-1 f v", """{"fields":[{"field":{"text":"f"},"value":{"text":"w"}}]}""", null, "XLEN")]
    public async Task An_element_is_added(string type, string store, string element, string? position, string count)
    {
        await RunAsync(store);

        using var response = await SendAsync("POST", "/elements", Change(type, "set", element, position));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(2, (long)await RunAsync(count));
    }

    [Theory]
    [InlineData("hash", "HSET f v g w", """{"field":{"text":"f"}}""", null, "HLEN")]
    [InlineData("list", "RPUSH a a", "{}", "1", "LLEN")]
    [InlineData("set", "SADD a b", """{"value":{"text":"b"}}""", null, "SCARD")]
    [InlineData("zset", "ZADD 1 a 2 b", """{"value":{"text":"b"}}""", null, "ZCARD")]
    public async Task An_element_is_removed_and_the_last_one_takes_the_key_with_it(string type, string store, string element, string? position, string count)
    {
        await RunAsync(store);

        using var removed = await SendAsync("POST", "/elements", Change(type, "remove", element, position));

        Assert.Equal(HttpStatusCode.OK, removed.StatusCode);
        Assert.Equal(1, (long)await RunAsync(count));
        using var missing = await SendAsync("POST", "/elements", Change(type, "remove", element, position));
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        var last = (await ReadAsync()).GetProperty("items")[0];
        var rest = type switch { "hash" => $$$"""{"field":{"text":"{{{last.GetProperty("field").Text("data")}}}"}}""", "list" => "{}", _ => $$$"""{"value":{"text":"{{{last.GetProperty("value").Text("data")}}}"}}""" };
        using var emptied = await SendAsync("POST", "/elements", Change(type, "remove", rest, position is null ? null : "0"));
        Assert.Equal(HttpStatusCode.NoContent, emptied.StatusCode);
    }

    [Fact]
    public async Task A_value_that_has_become_another_type_and_a_key_that_is_gone_are_not_written()
    {
        using var gone = await SendAsync("POST", "/elements", Change("set", "set", """{"value":{"text":"a"}}""", null));
        await RunAsync("SET", _key, "value");
        using var other = await SendAsync("POST", "/elements", Change("set", "set", """{"value":{"text":"a"}}""", null));

        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.Conflict), (gone.StatusCode, other.StatusCode));
        Assert.Equal("value", (string?)await RunAsync("GET", _key));
    }

    [Fact]
    public async Task A_key_is_renamed_and_copied_to_names_that_are_free()
    {
        await RunAsync("SET", _key, "value", "EX", 600);

        using var copied = await SendAsync("POST", "/copy", $$"""{"to":"{{_key}}-copy"}""");
        using var taken = await SendAsync("POST", "/rename", $$"""{"to":"{{_key}}-copy"}""");
        using var renamed = await SendAsync("POST", "/rename", $$"""{"to":"{{_key}}-new"}""");
        using var gone = await SendAsync("POST", "/rename", $$"""{"to":"{{_key}}-newer"}""");
        using var nothing = await SendAsync("POST", "/copy", $$"""{"to":"{{_key}}-newer"}""");

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.Conflict, HttpStatusCode.OK, HttpStatusCode.NotFound, HttpStatusCode.NotFound],
            new[] { copied, taken, renamed, gone, nothing }.Select(response => response.StatusCode));
        Assert.InRange((long)await fixture.Redis.Master.ExecuteAsync("TTL", $"{_key}-copy"), 500, 600);
        Assert.Equal("value", (string?)await fixture.Redis.Master.ExecuteAsync("GET", $"{_key}-new"));
    }

    [Theory]
    [InlineData("PUT", "/value", "db:x", """{"type":"string","items":[{"value":{"text":"x"}}]}""")]
    [InlineData("POST", "/elements", "app:history", """{"type":"set","action":"set","element":{"value":{"text":"x"}}}""")]
    [InlineData("POST", "/rename", "db:products", """{"to":"x"}""")]
    [InlineData("POST", "/rename", "x", """{"to":"db:x"}""")]
    [InlineData("POST", "/copy", "x", """{"to":"app:x"}""")]
    [InlineData("POST", "/copy", "app:data-protection:keys", """{"to":"x"}""")]
    public async Task The_applications_own_keys_are_not_written(string method, string path, string key, string body)
    {
        using var response = await SendToAsync(method, path, key, body);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Theory]
    [InlineData("/value", """{"type":"string","items":[]}""", "items")]
    [InlineData("/value", """{"type":"thing","items":[]}""", "type")]
    [InlineData("/value", """{"type":"list","items":[]}""", "items")]
    [InlineData("/value", """{"type":"list","items":[null]}""", "items[0]")]
    [InlineData("/value", """{"type":"list","items":[{}]}""", "items[0].value")]
    [InlineData("/value", """{"type":"list","items":[{"value":{"hex":"f"}}]}""", "items[0].value")]
    [InlineData("/value", """{"type":"list","items":[{"value":{"hex":"ff","text":"f"}}]}""", "items[0].value")]
    [InlineData("/value", """{"type":"zset","items":[{"value":{"text":"a"},"score":"many"}]}""", "items[0].score")]
    [InlineData("/value", """{"type":"zset","items":[{"value":{"text":"a"},"score":"NaN"}]}""", "items[0].score")]
    [InlineData("/value", """{"type":"stream","items":[{"id":"2-0","fields":[{"field":{"text":"f"},"value":{"text":"v"}}]},{"id":"1-0","fields":[{"field":{"text":"f"},"value":{"text":"v"}}]}]}""", "items[1].id")]
    [InlineData("/value", """{"type":"string","items":[{"value":{"text":"x"}}],"ttlSeconds":0}""", "ttlSeconds")]
    [InlineData("/elements", """{"type":"string","action":"set","element":{}}""", "type")]
    [InlineData("/elements", """{"type":"set","action":"pop","element":{"value":{"text":"x"}}}""", "action")]
    [InlineData("/elements", """{"type":"list","action":"set","element":{"value":{"text":"x"}}}""", "position")]
    [InlineData("/rename", """{"to":""}""", "to")]
    public async Task Bad_input_is_a_validation_problem_and_loses_nothing(string path, string body, string wrong)
    {
        await RunAsync("SET", _key, "value");

        using var response = await SendAsync(path == "/value" ? "PUT" : "POST", path, body);

        Assert.Contains(wrong, await KeysClient.ErrorsAsync(response));
        Assert.Equal("value", (string?)await RunAsync("GET", _key));
    }

    [Fact]
    public async Task An_entry_of_a_stream_cannot_come_before_the_last_one()
    {
        await RunAsync("XADD 5-0 f v");
        const string Entry = """{"id":"4-0","fields":[{"field":{"text":"f"},"value":{"text":"v"}}]}""";

        using var response = await SendAsync("POST", "/elements", Change("stream", "set", Entry, null));

        Assert.Equal(["element.id"], await KeysClient.ErrorsAsync(response));
        Assert.Equal(1, (long)await RunAsync("XLEN"));
    }

    [Fact]
    public void What_the_page_reads_is_no_use()
    {
        var time = new ManualTimeProvider();
        var idle = new IdleTimes(time);

        Assert.Equal(100, idle.WithoutReads("node", [1], 100));
        idle.Read("node", [1], 100);
        time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(110, idle.WithoutReads("node", [1], 10));
        // Somebody else has used it meanwhile.
        Assert.Equal(4, idle.WithoutReads("node", [1], 4));
        Assert.Equal(10, idle.WithoutReads("other", [1], 10));
        Assert.Null(idle.WithoutReads("node", [1], null));
    }

    private static string Change(string type, string action, string element, string? position) =>
        $$"""{"type":"{{type}}","action":"{{action}}","element":{{element}},"position":{{(position is null ? "null" : $"\"{position}\"")}}}""";

    // A command without its key, which is its first argument.
    private Task<StackExchange.Redis.RedisResult> RunAsync(string line)
    {
        var words = line.Split(' ');
        return fixture.Redis.Master.ExecuteAsync(words[0], [_key, .. words[1..]]);
    }

    private Task<StackExchange.Redis.RedisResult> RunAsync(string command, params object[] arguments) => fixture.Redis.Master.ExecuteAsync(command, arguments);

    private Task<JsonElement> ReadAsync() => _client.KeysAsync("/value", ("key", _key));

    private Task<HttpResponseMessage> SendAsync(string method, string path, string body, params (string Name, string Value)[] headers) => SendToAsync(method, path, _key, body, headers);

    private async Task<HttpResponseMessage> SendToAsync(string method, string path, string key, string body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), KeysClient.PathOf(path, ("key", key)));
        request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await _client.SendAsync(request, Cancellation);
    }
}
