using System.Net;
using System.Net.Sockets;
using Aspire.Hosting.ApplicationModel;
using RedisAspire.RedisProcesses;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.AppHost;

/// <summary>The application with its nodes as <c>redis-server</c> processes.</summary>
[Collection(nameof(ProcessApplicationCollection))]
public sealed class ProcessApplicationTests(ProcessApplication running) : ApplicationTests(running)
{
    private readonly ProcessApplication _running = running;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_node_listens_on_loopback_only_and_wants_the_password()
    {
        foreach (var node in _running.Redis.Nodes)
        {
            Assert.Equal("127.0.0.1 -::1", await ConfigAsync(node, "bind"));
            Assert.Equal("volatile-lru", await ConfigAsync(node, "maxmemory-policy"));
            Assert.Equal("268435456", await ConfigAsync(node, "maxmemory"));
            Assert.Equal("yes", await ConfigAsync(node, "appendonly"));

            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, node.Port, Cancellation);
            await using var stream = client.GetStream();
            await stream.WriteAsync("GET foo\r\n"u8.ToArray(), Cancellation);
            using var reader = new StreamReader(stream);
            Assert.StartsWith("-NOAUTH", await reader.ReadLineAsync(Cancellation));
        }

        static async Task<string?> ConfigAsync(RedisServer node, string name) =>
            (string?)(await node.ExecuteAsync("CONFIG", "GET", name))[1];
    }

    [Fact]
    public async Task No_password_is_in_an_argument_of_a_node_nor_in_its_environment_nor_on_the_dashboard()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux shows the environment of a process.");
        string[] secrets = [.. _running.Redis.Users.All.Select(user => user.Password), AppHostUnderTest.AdminKey];

        foreach (var process in _running.Redis.Processes)
        {
            Assert.True(_running.Application.ResourceNotifications.TryGetCurrentState(process.Name, out var shown));
            var properties = shown.Snapshot.Properties.Where(property => !property.IsSensitive).Select(property => $"{property.Value}");
            var said = string.Join(
                '\n',
                await File.ReadAllTextAsync($"/proc/{process.Process.Id}/cmdline", Cancellation),
                await File.ReadAllTextAsync($"/proc/{process.Process.Id}/environ", Cancellation),
                string.Join('\n', properties));
            Assert.Contains("redis", said, StringComparison.Ordinal);
            Assert.All(secrets, secret => Assert.DoesNotContain(secret, said, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_service_starts_again_while_a_replica_is_down_and_its_other_instance_goes_on_running()
    {
        await (await _running.Redis.AnyReplicaAsync()).Process.KillAsync();
        var (one, other) = (_running.Apis[0], _running.Apis[1]);

        await one.KillAsync();
        await one.StartAsync(Cancellation);

        Assert.Equal((KnownResourceStates.Running, KnownResourceStates.Running), (one.State, other.State));
    }
}
