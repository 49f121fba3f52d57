using System.Runtime.Versioning;
using RedisAspire.Hosting;
using RedisAspire.RedisProcesses;
using RedisAspire.Tests.Support;
using StackExchange.Redis;

namespace RedisAspire.Tests.Hosting;

/// <summary>What each user of the nodes can do, and what not.</summary>
public sealed class AccessControlTests(RedisFixture fixture) : IClassFixture<RedisFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private RedisUsers Users => fixture.Redis.Users;

    [Theory]
    [InlineData("FLUSHALL")]
    [InlineData("FLUSHDB")]
    [InlineData("SWAPDB 0 1")]
    [InlineData("KEYS *")]
    [InlineData("DEBUG SLEEP 0")]
    [InlineData("SHUTDOWN")]
    [InlineData("CONFIG GET maxmemory")]
    [InlineData("CONFIG SET maxmemory 1")]
    [InlineData("CONFIG REWRITE")]
    [InlineData("REPLICAOF NO ONE")]
    [InlineData("ACL LIST")]
    [InlineData("ACL WHOAMI")]
    [InlineData("MODULE LIST")]
    [InlineData("SAVE")]
    [InlineData("BGSAVE")]
    [InlineData("BGREWRITEAOF")]
    [InlineData("FAILOVER")]
    [InlineData("SCRIPT FLUSH")]
    [InlineData("SCRIPT KILL")]
    [InlineData("FUNCTION FLUSH")]
    [InlineData("MIGRATE 127.0.0.1 1 a 0 1")]
    [InlineData("RESTORE a 0 b")]
    [InlineData("SORT a")]
    [InlineData("MONITOR")]
    [InlineData("CLIENT KILL ID 1")]
    [InlineData("CLIENT PAUSE 1")]
    [InlineData("MEMORY PURGE")]
    [InlineData("SLOWLOG RESET")]
    [InlineData("SUBSCRIBE __sentinel__:hello")]
    [InlineData("PUBLISH anything a")]
    [InlineData("PSYNC ? -1")]
    [InlineData("CLIENT LIST")]
    [InlineData("SLOWLOG GET")]
    [InlineData("LATENCY LATEST")]
    public Task A_service_is_refused(string command) => IsRefusedAsync(Users.Application, command);

    [Theory]
    [InlineData("SET a b PX 60000")]
    [InlineData("GET a")]
    [InlineData("PTTL a")]
    [InlineData("UNLINK a")]
    [InlineData("SCAN 0 MATCH * COUNT 10")]
    [InlineData("DBSIZE")]
    [InlineData("EVAL return 0")]
    [InlineData("INFO")]
    [InlineData("ROLE")]
    [InlineData("WAIT 0 1")]
    [InlineData("HELLO 2")]
    [InlineData("CLIENT SETNAME somebody")]
    [InlineData("CLIENT ID")]
    [InlineData("CLIENT NO-EVICT ON")]
    [InlineData("CLIENT TRACKING OFF")]
    [InlineData("MEMORY USAGE a")]
    [InlineData("SUBSCRIBE __Booksleeve_MasterChanged")]
    public Task A_service_may(string command) => IsAllowedAsync(Users.Application, command);

    [Theory]
    [InlineData("ROLE")]
    [InlineData("INFO replication")]
    [InlineData("REPLICAOF NO ONE")]
    [InlineData("FAILOVER ABORT")]
    [InlineData("CONFIG GET maxmemory")]
    [InlineData("CONFIG SET replica-priority 1")]
    [InlineData("CONFIG REWRITE")]
    [InlineData("CLIENT LIST")]
    [InlineData("SLOWLOG GET")]
    public Task Who_makes_another_node_the_master_may(string command) => IsAllowedAsync(Users.Operator, command);

    [Theory]
    [InlineData("GET a")]
    [InlineData("SET a b")]
    [InlineData("FLUSHALL")]
    [InlineData("SHUTDOWN")]
    [InlineData("ACL LIST")]
    public Task Who_makes_another_node_the_master_is_refused(string command) => IsRefusedAsync(Users.Operator, command);

    [Theory]
    [InlineData("DEL a")]
    [InlineData("EVAL_RO a 0")]
    [InlineData("FCALL_RO a 0")]
    [InlineData("XREAD BLOCK 0 STREAMS a $")]
    [InlineData("WAIT 1 0")]
    [InlineData("KEYS *")]
    [InlineData("SORT_RO a")]
    [InlineData("MULTI")]
    [InlineData("SELECT 1")]
    [InlineData("CLIENT REPLY OFF")]
    [InlineData("CLIENT TRACKING ON")]
    [InlineData("CLIENT LIST")]
    [InlineData("CONFIG GET *")]
    [InlineData("SLOWLOG GET")]
    [InlineData("ACL WHOAMI")]
    [InlineData("SUBSCRIBE a")]
    [InlineData("PUBLISH a b")]
    public Task Who_only_reads_is_refused(string command) => IsRefusedAsync(Users.Reader, command);

    [Theory]
    [InlineData("PING")]
    [InlineData("INFO")]
    [InlineData("ROLE")]
    [InlineData("DBSIZE")]
    [InlineData("SLOWLOG GET")]
    [InlineData("LATENCY LATEST")]
    [InlineData("CLIENT LIST")]
    [InlineData("MEMORY STATS")]
    public Task A_monitoring_tool_may(string command) => IsAllowedAsync(Users.Statistics, command);

    [Theory]
    [InlineData("GET a")]
    [InlineData("SET a b")]
    [InlineData("SCAN 0")]
    [InlineData("MEMORY USAGE a")]
    [InlineData("CONFIG GET *")]
    [InlineData("EVAL return 0")]
    [InlineData("SUBSCRIBE a")]
    [InlineData("CLIENT KILL ID 1")]
    [InlineData("REPLICAOF NO ONE")]
    public Task A_monitoring_tool_is_refused(string command) => IsRefusedAsync(Users.Statistics, command);

    [Theory]
    [InlineData("PING")]
    [InlineData("REPLCONF capa eof")]
    [InlineData("PSYNC ? -1")]
    public Task A_replica_may(string command) => IsAllowedAsync(Users.Replication, command);

    [Theory]
    [InlineData("GET a")]
    [InlineData("INFO")]
    [InlineData("CONFIG GET *")]
    [InlineData("REPLICAOF NO ONE")]
    public Task A_replica_is_refused(string command) => IsRefusedAsync(Users.Replication, command);

    [Theory]
    [InlineData("INFO")]
    [InlineData("MULTI")]
    [InlineData("SLAVEOF NO ONE")]
    [InlineData("CONFIG REWRITE")]
    [InlineData("CLIENT KILL TYPE normal")]
    [InlineData("SUBSCRIBE __sentinel__:hello")]
    [InlineData("PUBLISH __sentinel__:hello a")]
    public Task A_sentinel_may(string command) => IsAllowedAsync(Users.Sentinel, command);

    [Theory]
    [InlineData("GET a")]
    [InlineData("SET a b")]
    [InlineData("CONFIG GET *")]
    [InlineData("SHUTDOWN")]
    [InlineData("ACL LIST")]
    public Task A_sentinel_is_refused(string command) => IsRefusedAsync(Users.Sentinel, command);

    [Fact]
    public async Task Nobody_gets_in_with_a_wrong_password()
    {
        foreach (var user in new[] { Users.Application, Users.Operator, Users.Reader, Users.Replication, Users.Sentinel, Users.Statistics, Users.Admin })
        {
            var failure = await Assert.ThrowsAsync<RedisException>(() => RedisClient.ConnectAsync(fixture.Redis.Master.Port, user with { Password = "wrong" }));
            Assert.StartsWith("WRONGPASS", failure.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_cache_asks_nothing_of_the_nodes_that_is_refused()
    {
        foreach (var node in fixture.Redis.Nodes)
            await node.ExecuteAsync("ACL", "LOG", "RESET");

        await using (var host = await CacheHost.StartAsync(fixture.Redis))
        {
            await host.Cache.GetOrCreateAsync("acl:a", _ => ValueTask.FromResult("value"), cancellationToken: Cancellation);
            await host.Cache.SetAsync("acl:b", "value", tags: ["acl"], cancellationToken: Cancellation);
            await host.Cache.RemoveAsync("acl:a", Cancellation);
            await host.Cache.RemoveByTagAsync("acl", Cancellation);
            await host.Cache.ClearAsync("", Cancellation);
        }

        foreach (var node in fixture.Redis.Nodes)
        {
            var refused = ((RedisResult[]?)await node.ExecuteAsync("ACL", "LOG"))!.Select(entry => (string?)entry.ToDictionary()["object"]);
            Assert.Empty(refused);
        }
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task The_configuration_files_are_for_their_owner_and_hold_no_password_in_clear_but_that_of_replication()
    {
        foreach (var node in fixture.Redis.Nodes)
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(fixture.Redis.ConfigurationPathOf(node)));
            Assert.Equal(
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(fixture.Redis.ConfigurationPathOf(node))!));
            var text = await File.ReadAllTextAsync(fixture.Redis.ConfigurationPathOf(node), Cancellation);
            foreach (var user in new[] { Users.Application, Users.Operator, Users.Reader, Users.Sentinel, Users.Statistics, Users.Admin })
                Assert.DoesNotContain(user.Password, text, StringComparison.Ordinal);
        }
    }

    private async Task IsRefusedAsync(RedisUser user, string command) =>
        Assert.Contains("no permissions", await TryAsync(user, command), StringComparison.Ordinal);

    private async Task IsAllowedAsync(RedisUser user, string command) => Assert.Equal("OK", await TryAsync(user, command));

    // A trial by the node itself, which changes nothing.
    private async Task<string?> TryAsync(RedisUser user, string command)
    {
        object[] words = command == "EVAL return 0" ? ["EVAL", "return 1", 0] : command.Replace("SLAVEOF", Users.FollowCommand, StringComparison.Ordinal).Split(' ');
        return (string?)await fixture.Redis.Master.ExecuteAsync("ACL", ["DRYRUN", user.Name, .. words]);
    }
}
