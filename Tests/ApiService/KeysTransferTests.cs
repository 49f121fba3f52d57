using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using RedisAspire.ApiService.Keys;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.ApiService;

/// <summary>Keys that are exported and imported, and the memory that they take.</summary>
public sealed class KeysTransferTests(KeysFixture fixture) : IClassFixture<KeysFixture>, IAsyncLifetime
{
    private static readonly string[] Names = ["string", "list", "set", "zset", "hash", "stream", "binary"];

    private readonly HttpClient _client = fixture.Admin;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await fixture.Redis.Master.ExecuteAsync("FLUSHALL");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task What_is_exported_can_be_imported_and_is_the_same()
    {
        await RunAsync("SET", "a:string", "é", "EX", "600");
        await RunAsync("RPUSH", "a:list", "1", "2", "1");
        await RunAsync("SADD", "a:set", "m");
        await RunAsync("ZADD", "a:zset", "-inf", "low", "0.1", "x");
        await RunAsync("HSET", "a:hash", "f", "v");
        await RunAsync("XADD", "a:stream", "1-1", "f", "v", "g", "w");
        await fixture.Redis.Master.ExecuteAsync("SET", "a:binary", new byte[] { 0xff, 0x00 });
        await RunAsync("SET", "b", "other");
        var export = await ExportAsync("a:*");
        var before = await DigestsAsync();
        await fixture.Redis.Master.ExecuteAsync("FLUSHALL");

        var imported = await JsonAsync(await ImportAsync(export));

        Assert.Equal((7, 7), (imported.Number("created"), imported.Number("written")));
        Assert.Equal(before, await DigestsAsync());
        Assert.InRange((long)await RunAsync("TTL", "a:string"), 500, 600);
        Assert.Equal(-1, (long)await RunAsync("TTL", "a:list"));

        // A dump has all of a value, and nothing of its time to live.
        async Task<string[]> DigestsAsync() => await Task.WhenAll(Names.Select(async name =>
            name + (name == "stream" ? await RunAsync("XLEN", "a:stream") : Convert.ToHexString((byte[])(await RunAsync("DUMP", $"a:{name}"))!))));
    }

    [Fact]
    public async Task An_import_says_what_it_would_overwrite_and_overwrites_only_when_asked_to()
    {
        await RunAsync("SET", "a", "old");
        const string Import = """{"keys":[{"key":"a","type":"string","items":[{"value":{"text":"new"}}]},{"key":"b","type":"string","items":[{"value":{"text":"new"}}]}]}""";

        var check = await JsonAsync(await ImportAsync(Import, "&check=true"));
        var afterCheck = ((string?)await RunAsync("GET", "a"), (string?)await RunAsync("GET", "b"));
        var gentle = await JsonAsync(await ImportAsync(Import));
        var afterGentle = ((string?)await RunAsync("GET", "a"), (string?)await RunAsync("GET", "b"));
        var forced = await JsonAsync(await ImportAsync(Import, "&overwrite=true"));

        Assert.Equal((1, "a", 0), (check.Number("created"), check.GetProperty("existing")[0].GetString(), check.Number("written")));
        Assert.Equal(("old", null), afterCheck);
        Assert.Equal((1, "a", 1), (gentle.Number("created"), gentle.GetProperty("existing")[0].GetString(), gentle.Number("written")));
        Assert.Equal(("old", "new"), afterGentle);
        Assert.Equal((0, 2, 2), (forced.Number("created"), forced.GetProperty("existing").GetArrayLength(), forced.Number("written")));
        Assert.Equal("new", (string?)await RunAsync("GET", "a"));
    }

    [Theory]
    [InlineData("""{"keys":[]}""", "keys")]
    [InlineData("""{"keys":[null]}""", "keys[0]")]
    [InlineData("""{"keys":[{"key":"ok","type":"string","items":[{"value":{"text":"x"}}]},{"key":"app:x","type":"string","items":[{"value":{"text":"x"}}]}]}""", "keys[1].key")]
    [InlineData("""{"keys":[{"key":"ok","type":"string","items":[{"value":{"text":"x"}}]},{"key":"ok","type":"string","items":[{"value":{"text":"x"}}]}]}""", "keys[1].key")]
    [InlineData("""{"keys":[{"key":"ok","type":"string","items":[{"value":{"text":"x"}}]},{"key":"bad","type":"hash","items":[{"value":{"text":"x"}}]}]}""", "keys[1].items[0].field")]
    [InlineData("""{"keys":[{"key":"ok","type":"string","items":[{"value":{"text":"x"}}],"ttlSeconds":-1}]}""", "keys[0].ttlSeconds")]
    public async Task An_import_with_an_error_writes_nothing_and_says_where_it_is(string import, string wrong)
    {
        using var response = await ImportAsync(import, "&overwrite=true");

        Assert.Equal([wrong], await KeysClient.ErrorsAsync(response));
        Assert.Equal(0, (long)await RunAsync("DBSIZE"));
    }

    [Fact]
    public async Task An_import_that_is_no_JSON_is_a_problem()
    {
        using var response = await ImportAsync("{\"keys\":[");

        Assert.Equal((HttpStatusCode.BadRequest, "application/problem+json"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
    }

    [Fact]
    public async Task More_than_an_export_may_have_is_refused()
    {
        await fixture.Redis.FillAsync("many:", KeyExporter.MaximumKeys + 1);
        await fixture.Redis.Master.ExecuteAsync("SETRANGE", "large", 5 * 1024 * 1024, "x");

        using var many = await _client.GetAsync(KeysClient.PathOf("/export", ("pattern", "many:*")), Cancellation);
        using var large = await _client.GetAsync(KeysClient.PathOf("/export", ("pattern", "large")), Cancellation);

        Assert.Equal(["pattern"], await KeysClient.ErrorsAsync(many));
        Assert.Equal(["pattern"], await KeysClient.ErrorsAsync(large));
    }

    [Fact]
    public async Task The_applications_own_keys_and_sessions_are_not_exported()
    {
        foreach (var key in new[] { "app:history", "app:data-protection:keys", "page" })
            await RunAsync("SET", key, "value");

        var export = JsonElement.Parse(await ExportAsync("*"));

        Assert.Equal("page", Assert.Single(export.GetProperty("keys").EnumerateArray()).Text("key"));
        Assert.Equal("app:history", Assert.Single(export.GetProperty("skipped").EnumerateArray()).GetString());
    }

    [Fact]
    public async Task Memory_is_summed_up_by_prefix_on_a_replica()
    {
        await fixture.Redis.Master.ExecuteAsync("SETRANGE", "large:1", 100_000, "x");
        await fixture.Redis.FillAsync("small:", 100);
        await RunAsync("SET", "single", "value");
        await fixture.Redis.WaitForReplicasAsync();

        var memory = await _client.KeysAsync("/memory");
        var below = await _client.KeysAsync("/memory", ("prefix", "small:"));

        Assert.StartsWith("redis-replica", memory.Text("node"), StringComparison.Ordinal);
        Assert.True(memory.GetProperty("complete").GetBoolean());
        Assert.Equal(["large:", "small:", "single"], memory.GetProperty("items").EnumerateArray().Select(item => item.Text("path")));
        Assert.Equal([1, 100, 1], memory.GetProperty("items").EnumerateArray().Select(item => item.Number("keys")));
        Assert.InRange(memory.GetProperty("items")[0].Number("memoryBytes"), 100_000, 300_000);
        Assert.Equal(100, below.Number("keys"));
    }

    [Fact]
    public async Task Memory_of_many_keys_is_estimated_from_a_sample()
    {
        await fixture.Redis.FillAsync("one:", 6000);
        await fixture.Redis.FillAsync("two:", 2000);

        var memory = await _client.KeysAsync("/memory", ("node", "redis-master"), ("sample", 1000));

        Assert.False(memory.GetProperty("complete").GetBoolean());
        Assert.InRange(memory.Number("keys"), 1000, 2500);
        var items = memory.GetProperty("items").EnumerateArray().ToArray();
        Assert.Equal(["one:", "two:"], items.Select(item => item.Text("path")));
        Assert.InRange(items[0].Number("keys"), 5000, 7000);
    }

    private Task<StackExchange.Redis.RedisResult> RunAsync(string command, params object[] arguments) => fixture.Redis.Master.ExecuteAsync(command, arguments);

    private Task<string> ExportAsync(string pattern) => _client.GetStringAsync(KeysClient.PathOf("/export", ("pattern", pattern)), Cancellation);

    private async Task<HttpResponseMessage> ImportAsync(string import, string query = "")
    {
        using var content = new StringContent(import, Encoding.UTF8, "application/json");
        return await _client.PostAsync(new Uri($"/api/keys/import?x=1{query}", UriKind.Relative), content, Cancellation);
    }

    private static async Task<JsonElement> JsonAsync(HttpResponseMessage response)
    {
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
    }
}
