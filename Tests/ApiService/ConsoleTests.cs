using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using Microsoft.Extensions.DependencyInjection;
using RedisAspire.ApiService.Console;
using RedisAspire.ApiService.Keys;
using RedisAspire.RedisProcesses;
using RedisAspire.Tests.Support;
using StackExchange.Redis;

namespace RedisAspire.Tests.ApiService;

/// <summary>Commands of Redis through the API.</summary>
public sealed class ConsoleTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private readonly string _key = $"console-{Guid.NewGuid():N}";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("SET {0} \"a \\xff\\\"b\" EX 600", "status", "OK")]
    [InlineData("get {0}", "string", "\"a \\xff\\\"b\"")]
    [InlineData("EXISTS {0}", "integer", "(integer) 1")]
    [InlineData("GET {0}-none", "nil", "(nil)")]
    [InlineData("LPUSH {0} x", "error", "(error) WRONGTYPE Operation against a key holding the wrong kind of value")]
    [InlineData("GET", "error", "(error) ERR wrong number of arguments for 'get' command")]
    [InlineData("ECHO 'it\\'s'", "string", "\"it's\"")]
    [InlineData("MGET {0} {0}-none", "array", "1) \"a \\xff\\\"b\"\n2) (nil)")]
    [InlineData("OBJECT ENCODING {0}", "string", "\"embstr\"")]
    public async Task A_command_is_answered_as_redis_cli_shows_it(string line, string type, string text)
    {
        await fixture.Redis.Master.ExecuteAsync("SET", _key, new byte[] { (byte)'a', (byte)' ', 0xff, (byte)'"', (byte)'b' });

        var answer = await RunAsync(fixture.Admin, string.Format(null, line, _key));

        Assert.Equal((type, text), (answer.Text("type"), answer.Text("text")));
        Assert.NotEmpty(answer.Text("meaning"));
    }

    [Fact]
    public async Task A_hash_and_nested_lists_are_indented()
    {
        await fixture.Redis.Master.ExecuteAsync("HSET", _key, "f", "v");
        await fixture.Redis.Master.ExecuteAsync("XADD", _key + "-s", "1-1", "f", "v");

        Assert.Equal("1# \"f\" => \"v\"", (await RunAsync(fixture.Anybody, $"HGETALL {_key}")).Text("text"));
        Assert.Equal("1) 1) \"1-1\"\n   2) 1) \"f\"\n      2) \"v\"", (await RunAsync(fixture.Anybody, $"XRANGE {_key}-s - + COUNT 10")).Text("text"));
    }

    [Fact]
    public async Task A_replica_answers_for_itself_and_takes_no_writes()
    {
        var role = await RunAsync(fixture.Anybody, "ROLE", "redis-replica-1");
        var write = await RunAsync(fixture.Admin, $"SET {_key} x", "redis-replica-1");

        Assert.StartsWith("1) \"slave\"", role.Text("text"), StringComparison.Ordinal);
        Assert.StartsWith("# Replication\nrole:slave", (await RunAsync(fixture.Anybody, "INFO replication", "redis-replica-1")).Text("text"), StringComparison.Ordinal);
        Assert.StartsWith("(error) READONLY", write.Text("text"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("KEYS *")]
    [InlineData("flushall")]
    [InlineData("CONFIG SET maxmemory 1")]
    [InlineData("CONFIG GET *")]
    [InlineData("SHUTDOWN")]
    [InlineData("DEBUG SLEEP 1")]
    [InlineData("MONITOR")]
    [InlineData("BLPOP x 0")]
    [InlineData("SUBSCRIBE x")]
    [InlineData("EVAL 'return 1' 0")]
    [InlineData("ACL WHOAMI")]
    [InlineData("CLIENT KILL x")]
    [InlineData("REPLICAOF NO ONE")]
    [InlineData("MULTI")]
    [InlineData("OBJECT HELP")]
    [InlineData("NOSUCHCOMMAND")]
    [InlineData("SCAN 0 COUNT 100000")]
    [InlineData("SRANDMEMBER x -100000")]
    [InlineData("SET db:products x")]
    [InlineData("COPY x app:history")]
    [InlineData("GET app:data-protection:keys")]
    public async Task What_could_harm_others_is_refused_to_everybody_with_a_reason(string line)
    {
        using var response = await SendAsync(fixture.Admin, line);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.NotEmpty((await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).Text("detail"));
    }

    [Fact]
    public async Task Who_has_no_key_reads_but_neither_writes_nor_sees_the_applications_own_keys()
    {
        await fixture.Redis.Master.ExecuteAsync("SET", "app:console-test", "x");
        using var write = await SendAsync(fixture.Anybody, $"SET {_key} x");
        using var own = await SendAsync(fixture.Anybody, "GET app:console-test");
        using var operators = await SendAsync(fixture.Admin, "GET app:console-test");

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden, HttpStatusCode.OK), (write.StatusCode, own.StatusCode, operators.StatusCode));
        Assert.DoesNotContain("app:", (await RunAsync(fixture.Anybody, "SCAN 0 MATCH app:* COUNT 1000")).Text("text"), StringComparison.Ordinal);
        Assert.Contains("app:console-test", (await RunAsync(fixture.Admin, "SCAN 0 MATCH app:* COUNT 1000")).Text("text"), StringComparison.Ordinal);
        Assert.Equal(0, (long)await fixture.Redis.Master.ExecuteAsync("EXISTS", _key));
    }

    [Fact]
    public async Task A_large_value_is_read_in_parts_only_and_a_long_reply_is_cut()
    {
        await fixture.Redis.Master.ExecuteAsync("SETRANGE", _key, 5 * 1024 * 1024, "x");
        await fixture.Redis.Master.ExecuteAsync("EVAL", "for i = 1, 1000 do redis.call('RPUSH', KEYS[1], string.rep('x', 200)) end", 1, _key + "-list");

        using var whole = await SendAsync(fixture.Anybody, $"GET {_key}");
        using var range = await SendAsync(fixture.Anybody, $"GETRANGE {_key} 0 -1");
        var part = await RunAsync(fixture.Anybody, $"GETRANGE {_key} 0 9");
        var list = await RunAsync(fixture.Anybody, $"LRANGE {_key}-list 0 -1");

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), (whole.StatusCode, range.StatusCode));
        Assert.False(part.GetProperty("truncated").GetBoolean());
        Assert.True(list.GetProperty("truncated").GetBoolean());
        Assert.InRange(list.Text("text").Length, 1000, ConsoleReply.MaximumLength);
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("GET \"x")]
    [InlineData("GET 'x'y")]
    public async Task A_line_that_is_no_command_is_a_validation_problem(string line)
    {
        using var response = await SendAsync(fixture.Admin, line);

        Assert.Equal(["line"], await KeysClient.ErrorsAsync(response));
    }

    [Fact]
    public async Task A_node_that_there_is_not_is_not_found()
    {
        using var response = await SendAsync(fixture.Admin, "PING", "redis-replica-9");

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public void Every_command_of_the_list_is_known_to_Redis_and_no_dangerous_one_is_on_it()
    {
        var rules = new ConsoleCommands().ToResponse();

        Assert.Equal(rules.Allowed.Count, rules.Allowed.Select(command => command.Name).Distinct(StringComparer.Ordinal).Count());
        Assert.Empty(rules.Allowed.Select(command => command.Name).Intersect(rules.Refused.SelectMany(refused => refused.Names), StringComparer.Ordinal));
        Assert.All(rules.Allowed, command => Assert.True(command.Access is "read" or "write"));
    }

    [Fact]
    public async Task Redis_agrees_which_commands_read_and_which_write()
    {
        foreach (var command in new ConsoleCommands().ToResponse().Allowed)
        {
            var words = command.Name.Split(' ');
            var info = (RedisResult[])(await fixture.Redis.Master.ExecuteAsync("COMMAND", "INFO", string.Join('|', words)))!;
            Assert.False(info[0].IsNull, command.Name);
            var flags = (string[])((RedisResult[])info[0]!)[2]!;
            Assert.True(flags.Contains("write") == (command.Access == "write"), command.Name);
            Assert.True(!flags.Contains("admin") && !flags.Contains("blocking"), command.Name);
        }
    }

    [Fact]
    public async Task Redis_itself_lets_the_user_of_the_console_read_all_that_it_may_read_and_write_nothing()
    {
        foreach (var command in new ConsoleCommands().ToResponse().Allowed)
        {
            var words = command.Name.Split(' ');
            var info = (RedisResult[])(await fixture.Redis.Master.ExecuteAsync("COMMAND", "INFO", string.Join('|', words)))!;
            // A number is a key, a field and a count alike.
            var arguments = Enumerable.Repeat("1", Math.Max(0, Math.Abs((int)info[0][1]) - words.Length));
            var verdict = (string)(await fixture.Redis.Master.ExecuteAsync("ACL", ["DRYRUN", fixture.Redis.Users.Reader.Name, .. words, .. arguments]))!;
            if (command.Access == "read")
                Assert.Equal((command.Name, "OK"), (command.Name, verdict));
            else
                Assert.Contains("no permissions", verdict, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Commands_that_read_are_run_by_a_user_that_may_do_nothing_else()
    {
        foreach (var node in fixture.Redis.Nodes)
        {
            await node.ExecuteAsync("ACL", "LOG", "RESET");

            await RunAsync(fixture.Anybody, $"STRLEN {_key}", node.Name);

            Assert.Equal(["strlen"], await LastCommandsOfReaderAsync(node));
            // Nor does its connection ask for what it may not have.
            Assert.DoesNotContain(fixture.Redis.Users.Reader.Name, ((RedisResult[])(await node.ExecuteAsync("ACL", "LOG"))!).Select(entry => (string?)entry.ToDictionary()["username"]));
        }

        Assert.Equal("(integer) 1", (await RunAsync(fixture.Admin, $"SETNX {_key} x")).Text("text"));
    }

    [Fact]
    public async Task A_write_that_the_list_took_for_a_read_is_refused_by_Redis()
    {
        var wrong = new ConsoleCommand("SET", "read", "key value", "ok");
        var node = await fixture.Api.Services.GetRequiredService<KeyNodes>().FindReadOnlyAsync("redis-master", Cancellation);

        var answer = await fixture.Api.Services.GetRequiredService<ConsoleRunner>().RunAsync(node, wrong, [.. new[] { "SET", _key, "x" }.Select(Encoding.UTF8.GetBytes)], isAdmin: true, Cancellation);

        Assert.StartsWith("(error) NOPERM", answer.Text, StringComparison.Ordinal);
        Assert.Equal(0, (long)await fixture.Redis.Master.ExecuteAsync("EXISTS", _key));
    }

    [Fact]
    public async Task Without_a_user_that_only_reads_the_console_reads_as_the_application()
    {
        await using var api = await ApiFactory.StartQuietAsync(fixture.Redis, ("Redis:ReaderUser", null), ("Redis:ReaderPassword", null));
        using var anybody = api.CreateClient();

        Assert.Equal("(integer) 0", (await RunAsync(anybody, $"HLEN {_key}")).Text("text"));
        Assert.DoesNotContain("hlen", await LastCommandsOfReaderAsync(fixture.Redis.Master));
    }

    [Fact]
    public void What_the_console_says_has_its_French()
    {
        var rules = JsonElement.Parse(File.ReadAllText(Path.Combine(Repository.Root, "ApiService", "Console", "commands.json")));
        var french = XDocument.Load(Path.Combine(Repository.Root, "Web", "Localization", "ConsoleTexts.fr.resx")).Root!.Elements("data").Select(data => data.Attribute("name")!.Value);

        Assert.Empty(rules.GetProperty("meanings").EnumerateObject().Concat(rules.GetProperty("errors").EnumerateObject()).Select(sentence => sentence.Value.GetString()!)
            .Concat(rules.GetProperty("refused").EnumerateArray().Select(refused => refused.Text("reason")))
            .Except(french, StringComparer.Ordinal));
    }

    private async Task<IEnumerable<string>> LastCommandsOfReaderAsync(RedisServer node) =>
        ((string)(await node.ExecuteAsync("CLIENT", "LIST"))!).Split('\n').Where(line => line.Contains($" user={fixture.Redis.Users.Reader.Name} ", StringComparison.Ordinal))
            .Select(line => line.Split(" cmd=")[1].Split(' ')[0]);

    private static async Task<JsonElement> RunAsync(HttpClient client, string line, string? node = null)
    {
        using var response = await SendAsync(client, line, node);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, string line, string? node = null)
    {
        using var content = new StringContent(JsonSerializer.Serialize(new { line, node }), Encoding.UTF8, "application/json");
        return await client.PostAsync(new Uri("/api/console", UriKind.Relative), content, Cancellation);
    }
}
