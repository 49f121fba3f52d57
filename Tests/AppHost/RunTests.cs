using System.Net;
using System.Net.Sockets;
using RedisAspire.Hosting;
using RedisAspire.RedisProcesses;
using RedisAspire.Tests.Support;
using StackExchange.Redis;

namespace RedisAspire.Tests.AppHost;

/// <summary>From the start of the app host to its end, however it ends.</summary>
public sealed class RunTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("données de test ").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task Busy_ports_are_passed_over_data_in_use_is_refused_and_a_crash_leaves_nothing_behind()
    {
        // The program takes the ports that follow: none of those that the system gives to connections of other tests.
        var port = FreePorts.Take(null);
        using var taken = new TcpListener(IPAddress.Loopback, port);
        taken.Start();
        var busy = $"{port}";

        await using var program = await AppHostProgram.StartAsync(
            "--web-port", busy, "--api-port", busy, "--redis-port", busy, "--sentinel-port", busy, "--replicas", "1", "--sentinels", "1", "--instances", "1", "--data", _data);

        Assert.Contains($"Port {port} is in use: the web page listens on {program.Web.Port}.", program.Output, StringComparison.Ordinal);
        int[] ports = [program.Web.Port, program.Api.Port, .. program.Members.Values.Select(member => member.Port)];
        Assert.Equal(5, ports.Distinct().Count());
        Assert.DoesNotContain(port, ports);
        foreach (var used in ports)
            Assert.True(await Port.IsListeningAsync(used), $"Nothing listens on {used}.");
        var configuration = await ConfigurationAsync(program);
        Assert.True(File.Exists(configuration));

        var (exitCode, refusal) = await AppHostProgram.RunAsync("--no-dashboard", "--web-port", "0", "--api-port", "0", "--redis-port", "0", "--sentinel-port", "0", "--data", _data);
        Assert.Equal(1, exitCode);
        Assert.Contains($"{_data} is in use by another run", refusal, StringComparison.Ordinal);

        await program.Process.KillAsync();
        await Eventually.HoldsAsync("nothing listens any more", async () =>
            !(await Task.WhenAll(ports.Select(Port.IsListeningAsync))).Contains(true));
        await Eventually.HoldsAsync("the configuration is gone", () => !File.Exists(configuration));
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task Data_and_roles_survive_a_restart_whatever_characters_the_directory_and_the_password_have()
    {
        var data = Path.Combine(_data, "o'dd \"na$me&<|\\");
        string[] arguments =
        [
            "--web-port", "0", "--api-port", "0", "--redis-port", "0", "--sentinel-port", "0", "--replicas", "1", "--sentinels", "1", "--instances", "1",
            "--data", data, "--password", "a$b&c<d>e|f\\g#h;i`j",
        ];
        await using (var first = await AppHostProgram.StartAsync(arguments))
        {
            Assert.All(await Task.WhenAll(first.Members.Keys.Select(first.TypeAsync)), answer => Assert.Equal("PONG", answer));
            await using (var redis = await ConnectAsync(first, "redis-master"))
                await redis.GetDatabase().StringSetAsync("projet", "redis cool");
            using var http = new HttpClient { BaseAddress = first.Api, DefaultRequestHeaders = { { "X-Admin-Key", first.AdminKey } } };
            using var promoted = await http.PostAsync(new Uri("/api/nodes/redis-replica-1/promote", UriKind.Relative), content: null, Cancellation);
            Assert.Equal(HttpStatusCode.OK, promoted.StatusCode);
            // The app host looks for itself who is the master.
            await Eventually.HoldsAsync("it is noted", () => first.Output.Contains("redis-replica-1 is the master now", StringComparison.Ordinal));

            first.Process.Send(Signal.Terminate);
            Assert.Equal(0, await first.Process.Exited.WaitAsync(Eventually.Limit, Cancellation));
        }

        await using var second = await AppHostProgram.StartAsync(arguments);

        Assert.Equal(("replica", "master"), (second.Members["redis-master"].Role, second.Members["redis-replica-1"].Role));
        foreach (var node in second.Members.Where(member => member.Value.Role != "sentinel").Select(member => member.Key))
        {
            await using var redis = await ConnectAsync(second, node);
            Assert.Equal("redis cool", (string?)await redis.GetDatabase().StringGetAsync("projet"));
        }
    }

    private static async Task<string> ConfigurationAsync(AppHostProgram program)
    {
        await using var redis = await ConnectAsync(program, "redis-master");
        var server = await redis.GetServers()[0].InfoAsync("server");
        return server.Single().Single(field => field.Key == "config_file").Value;
    }

    private static Task<ConnectionMultiplexer> ConnectAsync(AppHostProgram program, string node) =>
        ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{program.Members[node].Port},password={program.Password},allowAdmin=true");
}
