using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using RedisAspire.RedisProcesses;
using RedisAspire.Tests.Support;
using StackExchange.Redis;

namespace RedisAspire.Tests.Hosting;

/// <summary>A Redis that is none of ours.</summary>
public sealed class StrangerTests : IAsyncLifetime
{
    private readonly SentinelFixture _fixture = new();
    private readonly ProcessGuardian _guardian = new();
    private readonly TemporaryDirectory _directory = new();
    private readonly List<ConnectionMultiplexer> _connections = [];

    public ValueTask InitializeAsync() => _fixture.InitializeAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (var connection in _connections)
            await connection.DisposeAsync();
        await _fixture.DisposeAsync();
        _guardian.Dispose();
        _directory.Dispose();
    }

    // Who has started it may have done so on a port that a node of ours had, and Sentinel takes it for that node: a
    // replica that has become a master, and has to follow again.
    [Fact]
    public async Task A_stranger_on_the_port_of_a_dead_node_is_left_alone()
    {
        var node = _fixture.Redis.Nodes[1];
        var attempts = new ConcurrentDictionary<string, bool>(StringComparer.Ordinal);
        await ListenAsync(attempts);
        await node.Process.KillAsync();
        var start = new ProcessStartInfo("redis-server", ["--bind", "127.0.0.1", "--port", node.Port.ToString(CultureInfo.InvariantCulture), "--save", ""])
        {
            WorkingDirectory = _directory.Path,
        };
        await using var process = ManagedProcess.Start("stranger", start, _guardian);
        await Eventually.HoldsAsync("the stranger listens", () => Port.IsListeningAsync(node.Port));
        await using var connection = await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{node.Port},allowAdmin=true");
        var stranger = connection.GetDatabase();
        await stranger.StringSetAsync("theirs", "kept");

        // Sentinel looks at such a node for eight seconds before it does anything.
        await Eventually.HoldsAsync("every sentinel has tried to have it follow, or it does", async () =>
            attempts.Count == _fixture.Redis.Sentinels.Count || await RoleAsync(stranger) != "master");
        await Eventually.HoldsAsync("the attempts have arrived", async () => await IsAttemptedAsync(stranger));

        Assert.Equal("master", await RoleAsync(stranger));
        Assert.Equal("kept", await stranger.StringGetAsync("theirs"));
    }

    private static async Task<string?> RoleAsync(IDatabase stranger) => (string?)(await stranger.ExecuteAsync("ROLE"))[0];

    // Refused or not, it is a transaction, and nobody else sends one.
    private static async Task<bool> IsAttemptedAsync(IDatabase stranger) =>
        ((string?)await stranger.ExecuteAsync("INFO", "commandstats"))!.Contains("cmdstat_exec:", StringComparison.Ordinal);

    private async Task ListenAsync(ConcurrentDictionary<string, bool> attempts)
    {
        foreach (var sentinel in _fixture.Redis.Sentinels)
        {
            var connection = await ConnectionMultiplexer.SentinelConnectAsync(sentinel.ConnectionString);
            _connections.Add(connection);
            await connection.GetSubscriber().SubscribeAsync(RedisChannel.Literal("+convert-to-slave"), (_, _) => attempts[sentinel.Name] = true);
        }
    }
}
