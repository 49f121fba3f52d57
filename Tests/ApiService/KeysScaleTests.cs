using System.Net.Http.Json;
using System.Text.Json;
using RedisAspire.Tests.Support;
using StackExchange.Redis;

namespace RedisAspire.Tests.ApiService;

/// <summary>Many keys: nothing is asked of Redis that would take long, however many there are.</summary>
public sealed class KeysScaleTests(RedisFixture fixture) : IClassFixture<RedisFixture>
{
    private const int Pages = 16_000;
    private const int Users = 4_000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task However_many_keys_there_are_every_command_has_to_do_with_few_of_them()
    {
        await using var api = await ApiFactory.StartQuietAsync(fixture.Redis);
        using var client = api.CreateAdminClient();
        await fixture.Redis.FillAsync("page:", Pages);
        await fixture.Redis.FillAsync("user:", Users);
        await fixture.Redis.Master.ExecuteAsync("SET", "for-ever", "value");
        // The log of slow commands has all of them.
        await fixture.Redis.Master.ExecuteAsync("CONFIG", "SET", "slowlog-max-len", 1_000_000);
        await fixture.Redis.Master.ExecuteAsync("CONFIG", "SET", "slowlog-log-slower-than", 0);
        await fixture.Redis.Master.ExecuteAsync("SLOWLOG", "RESET");

        var listed = await client.AllAsync("", ("pattern", "*77"), ("limit", 1000));
        var counted = await client.AllAsync("/count", ("pattern", "page:*"));
        var tree = await client.AllAsync("/tree");
        var deleted = await client.DeleteAllAsync(new { pattern = "page:*" });
        using var cleared = await client.DeleteAsync(new Uri("/api/cache", UriKind.Relative), Cancellation);

        Assert.Equal((Pages + Users) / 100, listed.Items().Select(item => item.Text("key")).Distinct().Count());
        Assert.Equal(Pages, counted.Sum(answer => answer.Number("keys")));
        Assert.Equal(Pages + Users + 1, tree.Items().Sum(item => item.Number("keys")));
        Assert.Equal(Pages, deleted[^1].Data.Number("deleted"));
        Assert.Equal(Users, (await cleared.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).Number("removed"));
        Assert.Equal(1, (long)await fixture.Redis.Master.ExecuteAsync("DBSIZE"));

        var commands = await CommandsAsync();
        Assert.Equal(["DBSIZE", "EVAL", "EVALSHA", "ROLE", "SCAN", "UNLINK"], commands.Select(command => command[0]).Except(["PING", "SCRIPT", "SELECT", "INFO"]).Distinct().Order());
        Assert.All(commands.Where(command => command[0] == "SCAN"), command => Assert.InRange(int.Parse(command[Array.IndexOf(command, "COUNT") + 1]), 1, 500));
        Assert.All(commands.Where(command => command[0] is "EVAL" or "EVALSHA"), command => Assert.InRange(int.Parse(command[2]), 1, 150));
        Assert.All(commands.Where(command => command[0] == "UNLINK"), command => Assert.InRange(LengthOf(command), 2, 201));
    }

    // What the services' client has sent. Of long commands the log has the first words, and how many more there were.
    private async Task<List<string[]>> CommandsAsync() =>
        [.. ((RedisResult[]?)await fixture.Redis.Master.ExecuteAsync("SLOWLOG", "GET", -1))!
            .Where(entry => (string?)entry[5] == "RedisAspire")
            .Select(entry => (string[])entry[3]!)];

    private static int LengthOf(string[] command) =>
        command[^1].StartsWith("... (") ? command.Length - 1 + int.Parse(command[^1].Split('(', ' ')[2]) : command.Length;
}
