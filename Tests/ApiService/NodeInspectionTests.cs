using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.ApiService;

public sealed class NodeInspectionTests(ApiFixture fixture) : ApiTests(fixture, hasAdminKey: true), IClassFixture<ApiFixture>
{
    [Fact]
    public async Task A_node_tells_how_it_is_with_all_that_it_knows_but_its_paths()
    {
        await Redis.Master.ExecuteAsync("SETEX", "with-expiry", 60, "1");
        await Redis.Master.ExecuteAsync("SET", "without-expiry", "1");

        await Eventually.HoldsAsync("both replicas are in touch", async () => (await NodeAsync("redis-master")).GetProperty("replication").GetProperty("replicas").GetArrayLength() == 2);
        foreach (var name in new[] { "redis-master", "redis-replica-1" })
        {
            await Eventually.HoldsAsync($"the keys of {name} are seen", async () =>
                await NodeAsync(name) is var node && node.GetProperty("keysWithExpiry").GetInt64() is >= 1 and var expiring && node.GetProperty("keys").GetInt64() > expiring);
        }

        var (master, replica) = (await NodeAsync("redis-master"), await NodeAsync("redis-replica-1"));

        Assert.All(master.GetProperty("replication").GetProperty("replicas").EnumerateArray(), link => Assert.Equal("online", link.GetProperty("state").GetString()));
        Assert.Equal(
            Redis.Nodes.Skip(1).Select(node => $"127.0.0.1:{node.Port}").Order(),
            master.GetProperty("replication").GetProperty("replicas").EnumerateArray().Select(link => link.GetProperty("address").GetString()).Order());
        Assert.True(replica.GetProperty("replication").GetProperty("secondsSinceMaster").GetDouble() >= 0);
        foreach (var node in new[] { master, replica })
        {
            Assert.Equal(40, node.GetProperty("runId").GetString()!.Length);
            Assert.True(node.GetProperty("connectedClients").GetInt64() > 0);
            Assert.True(node.GetProperty("memory").GetProperty("peakBytes").GetInt64() > 0);
            Assert.Equal(268_435_456, node.GetProperty("memory").GetProperty("maximumBytes").GetInt64());
            Assert.True(node.GetProperty("memory").GetProperty("fragmentation").GetDouble() > 0);
            Assert.True(node.GetProperty("persistence").GetProperty("isAppendOnly").GetBoolean());
            Assert.True(node.GetProperty("persistence").GetProperty("isAppendOk").GetBoolean());
            Assert.True(node.GetProperty("replication").GetProperty("backlogBytes").GetInt64() > 0);
            Assert.Equal(node.GetProperty("runId").GetString(), node.GetProperty("info").GetProperty("server").GetProperty("run_id").GetString());
            Assert.DoesNotContain(Redis.ConfigurationPathOf(Redis.Master), node.GetRawText());
        }
    }

    [Fact]
    public async Task The_hit_ratio_is_that_of_the_last_interval()
    {
        await Redis.Master.ExecuteAsync("SETEX", "present", 60, "1");

        await Eventually.HoldsAsync("half of the reads hit", async () =>
        {
            for (var i = 0; i < 50; i++)
            {
                await Redis.Master.ExecuteAsync("GET", "present");
                await Redis.Master.ExecuteAsync("GET", "absent");
            }

            return (await NodeAsync("redis-master")).GetProperty("hitRatio") is { ValueKind: JsonValueKind.Number } ratio && ratio.GetDouble() is > 0.4 and < 0.6;
        });
    }

    [Theory]
    [InlineData("redis-master")]
    [InlineData("redis-replica-1")]
    public async Task Slow_commands_are_listed_the_last_one_first(string name)
    {
        var node = Redis.Nodes.Single(node => node.Name == name);
        await node.ExecuteAsync("CONFIG", "SET", "slowlog-log-slower-than", 0);
        await node.ExecuteAsync("ECHO", "first");
        await node.ExecuteAsync("ECHO", "second");
        await node.ExecuteAsync("CONFIG", "SET", "slowlog-log-slower-than", 10000);

        var slow = await ListAsync($"{name}/slowlog?limit=100");

        var echoes = slow.Select(command => command.GetProperty("arguments")).Where(arguments => arguments[0].GetString() == "ECHO").Select(arguments => arguments[1].GetString());
        Assert.Equal(["second", "first"], echoes);
        Assert.All(slow, command => Assert.True(command.GetProperty("microseconds").GetInt64() >= 0));
        Assert.Single(await ListAsync($"{name}/slowlog?limit=1"));
    }

    [Theory]
    [InlineData("redis-master")]
    [InlineData("redis-replica-2")]
    public async Task Commands_are_listed_by_the_time_that_they_have_cost(string name)
    {
        await Redis.Nodes.Single(node => node.Name == name).ExecuteAsync("ECHO", "counted");

        var commands = await ListAsync($"{name}/commands?limit=1000");

        var costs = commands.Select(command => command.GetProperty("microseconds").GetInt64()).ToArray();
        Assert.Equal(costs.OrderDescending(), costs);
        var echo = Assert.Single(commands, command => command.GetProperty("command").GetString() == "echo");
        Assert.True(echo.GetProperty("calls").GetInt64() >= 1);
        Assert.Single(await ListAsync($"{name}/commands?limit=1"));
    }

    [Fact]
    public async Task Clients_are_listed_and_those_that_are_told_of_changes_can_be_recognised()
    {
        var readNode = (await Client.GetFromJsonAsync<JsonElement[]>(new Uri("/api/nodes", UriKind.Relative), Cancellation))!
            .Single(node => node.GetProperty("isReadNode").GetBoolean()).GetProperty("name").GetString();

        await Eventually.HoldsAsync("the cache receives invalidations", async () => (await ListAsync($"{readNode}/clients?limit=1000"))
            .Any(client => client.GetProperty("isTracking").GetBoolean() && client.GetProperty("name").GetString() == "RedisAspire-tracking"));
        var master = await ListAsync("redis-master/clients?limit=1000");

        Assert.Equal(2, master.Count(client => client.GetProperty("isReplica").GetBoolean()));
        Assert.All(master, client => Assert.NotEmpty(client.GetProperty("address").GetString()!));
        Assert.Contains(master, client => client.GetProperty("user").GetString() == "default");
        Assert.Single(await ListAsync("redis-master/clients?limit=1"));
    }

    [Theory]
    [InlineData("redis-master")]
    [InlineData("redis-replica-1")]
    public async Task Settings_are_shown_without_anything_secret(string name)
    {
        var settings = await Client.GetFromJsonAsync<Dictionary<string, string>>(PathOf($"{name}/config"), Cancellation);

        Assert.Equal(("268435456", "volatile-lru", "yes"), (settings!["maxmemory"], settings["maxmemory-policy"], settings["appendonly"]));
        Assert.DoesNotContain(settings.Keys, setting => setting.Contains("pass") || setting.Contains("auth") || setting.Contains("dir") || setting.Contains("file"));
        Assert.DoesNotContain(settings.Values, value => value.Contains(Redis.Users.Replication.Password) || value.Contains(Redis.Users.Application.Password));
    }

    [Fact]
    public async Task A_limit_beyond_the_limits_is_refused()
    {
        foreach (var path in new[] { "slowlog?limit=0", "slowlog?limit=-1", "commands?limit=1001", "clients?limit=0" })
        {
            using var response = await Client.GetAsync(PathOf($"redis-master/{path}"), Cancellation);

            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
            var problem = await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
            Assert.Contains("from 1 to 1000", problem.GetProperty("errors").GetProperty("limit")[0].GetString()!);
        }
    }

    [Fact]
    public async Task An_unknown_node_is_not_found()
    {
        foreach (var path in new[] { "", "/slowlog", "/commands", "/clients", "/config" })
        {
            using var response = await Client.GetAsync(PathOf($"redis-replica-9{path}"), Cancellation);

            Assert.Equal((HttpStatusCode.NotFound, "application/problem+json"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        }
    }

    [Fact]
    public async Task Without_sentinels_the_list_of_them_is_empty() =>
        Assert.Empty((await Client.GetFromJsonAsync<JsonElement[]>(new Uri("/api/sentinels", UriKind.Relative), Cancellation))!);

    private static Uri PathOf(string path) => new($"/api/nodes/{path}", UriKind.Relative);

    private Task<JsonElement> NodeAsync(string name) => Client.GetFromJsonAsync<JsonElement>(PathOf(name), Cancellation);

    private async Task<JsonElement[]> ListAsync(string path) => (await Client.GetFromJsonAsync<JsonElement[]>(PathOf(path), Cancellation))!;
}
