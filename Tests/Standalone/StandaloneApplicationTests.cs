using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using RedisAspire.RedisProcesses;
using RedisAspire.Standalone;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.Standalone;

public sealed class StandaloneApplicationTests
{
    private static readonly LaunchOptions AnyPorts = new() { WebPort = 0, ApiPort = 0, RedisPort = 0, Replicas = 2, Sentinels = 0 };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Everything_starts_healthy_and_every_API_instance_shares_the_cache()
    {
        await using var application = await StandaloneApplication.StartAsync(AnyPorts with { ApiInstances = 2 }, DataDirectory.CreateTemporary(), LaunchLog.Silent, Cancellation);
        using var http = new HttpClient();

        var first = await http.GetFromJsonAsync<JsonElement>(new Uri(application.Apis[0].Url, "/data/foo"), Cancellation);
        Assert.Equal("database", first.GetProperty("source").GetString());
        await Eventually.HoldsAsync("the other instance has a hit", async () =>
            (await http.GetFromJsonAsync<JsonElement>(new Uri(application.Apis[1].Url, "/data/foo"), Cancellation)).GetProperty("source").GetString() == "cache");

        foreach (var node in application.Redis.Nodes)
        {
            await Eventually.HoldsAsync($"{node.Name} holds the value", async () => (string?)await node.ExecuteAsync("GET", "foo") == "valeur_de_foo");
            Assert.InRange((long)await node.ExecuteAsync("TTL", "foo"), 1, 60);
        }

        using var page = await http.GetAsync(application.Web!.Url, Cancellation);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
    }

    [Fact]
    public async Task Nothing_is_left_running_after_the_end()
    {
        var application = await StandaloneApplication.StartAsync(AnyPorts, DataDirectory.CreateTemporary(), LaunchLog.Silent, Cancellation);
        var ports = application.Redis.Nodes.Select(node => node.Port).Append(application.Apis[0].Url.Port).Append(application.Web!.Url.Port).ToArray();
        foreach (var port in ports)
            Assert.True(await Port.IsListeningAsync(port), $"Nothing listens on {port}.");

        await application.DisposeAsync();

        foreach (var port in ports)
            Assert.False(await Port.IsListeningAsync(port), $"Something still listens on {port}.");
    }

    [Fact]
    public async Task Services_get_what_they_need_in_their_environment_and_no_secret_is_in_an_argument_or_a_log()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux shows the environment of a process.");
        var log = new RecordingLog();
        await using var application = await StandaloneApplication.StartAsync(
            AnyPorts with { Replicas = 1, Sentinels = 1, SentinelPort = 0 }, DataDirectory.CreateTemporary(), log, Cancellation);
        var redis = application.Redis;
        var (api, web) = (application.Apis[0].Process, application.Web!.Process);

        var environment = await ReadAsync(api.Id, "environ");
        Assert.Contains($"Admin__Key={application.AdminKey}", environment);
        Assert.Contains($"Drills__Address={application.Drills.Address}", environment);
        Assert.Contains($"ConnectionStrings__redis-master={redis.Master.ConnectionString}", environment);
        Assert.Contains($"ConnectionStrings__redis-sentinel-1={redis.Sentinels[0].ConnectionString}", environment);
        Assert.Contains($"Admin__Key={application.AdminKey}", await ReadAsync(web.Id, "environ"));

        string[] secrets =
        [
            application.AdminKey, application.RedisPassword,
            redis.Users.Admin.Password, redis.Users.Sentinel.Password, redis.Users.Replication.Password, redis.Users.Statistics.Password,
        ];
        foreach (var process in redis.Processes.Select(process => process.Process).Append(api).Append(web))
        {
            var arguments = string.Join(' ', await ReadAsync(process.Id, "cmdline"));
            Assert.NotEmpty(arguments);
            Assert.All(secrets, secret => Assert.DoesNotContain(secret, arguments, StringComparison.Ordinal));
        }

        foreach (var line in log.Lines)
            Assert.All(secrets, secret => Assert.DoesNotContain(secret, line, StringComparison.Ordinal));
        foreach (var service in new[] { api, web })
            Assert.DoesNotContain(redis.Users.Admin.Password, string.Join(' ', await ReadAsync(service.Id, "environ")), StringComparison.Ordinal);

        static async Task<string[]> ReadAsync(int process, string file) =>
            (await File.ReadAllTextAsync($"/proc/{process}/{file}", Cancellation)).Split('\0', StringSplitOptions.RemoveEmptyEntries);
    }

    [Fact]
    public async Task A_node_that_a_drill_stops_ends_nothing_else()
    {
        await using var application = await StandaloneApplication.StartAsync(AnyPorts with { HasWeb = false }, DataDirectory.CreateTemporary(), LaunchLog.Silent, Cancellation);
        var failure = application.WaitForFailureAsync(Cancellation);
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Add("X-Admin-Key", application.AdminKey);

        using var stopped = await http.PostAsync(new Uri(application.Drills.Address, "/nodes/redis-replica-1/stop"), content: null, Cancellation);

        Assert.Equal(HttpStatusCode.NoContent, stopped.StatusCode);
        using var answer = await http.GetAsync(new Uri(application.Apis[0].Url, "/data/foo"), Cancellation);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.False(failure.IsCompleted);
    }

    [Fact]
    public async Task Every_node_listens_on_loopback_only_and_wants_the_password()
    {
        await using var application = await StandaloneApplication.StartAsync(AnyPorts with { HasWeb = false }, DataDirectory.CreateTemporary(), LaunchLog.Silent, Cancellation);

        foreach (var node in application.Redis.Nodes)
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
    public async Task Data_survives_a_restart_in_the_same_directory()
    {
        var path = Directory.CreateTempSubdirectory("redisaspire-test-").FullName;
        try
        {
            var options = AnyPorts with { HasWeb = false, Replicas = 1 };
            await using (var first = await StandaloneApplication.StartAsync(options, DataDirectory.Open(path), LaunchLog.Silent, Cancellation))
                await first.Redis.Master.ExecuteAsync("SET", "projet", "redis cool");

            await using var second = await StandaloneApplication.StartAsync(options, DataDirectory.Open(path), LaunchLog.Silent, Cancellation);

            foreach (var node in second.Redis.Nodes)
                Assert.Equal("redis cool", (string?)await node.ExecuteAsync("GET", "projet"));
        }
        finally
        {
            Directory.Delete(path, recursive: true);
        }
    }

    [Fact]
    public void A_data_directory_in_use_is_refused()
    {
        using var data = DataDirectory.CreateTemporary();

        var failure = Assert.Throws<LaunchException>(() => DataDirectory.Open(data.Path));
        Assert.Contains("--data", failure.Message);
    }

    [Fact]
    public async Task A_service_that_ends_by_itself_is_reported()
    {
        await using var application = await StandaloneApplication.StartAsync(AnyPorts with { HasWeb = false }, DataDirectory.CreateTemporary(), LaunchLog.Silent, Cancellation);
        var failure = application.WaitForFailureAsync(Cancellation);
        Assert.False(failure.IsCompleted);

        await application.Apis[0].Process.KillAsync();

        Assert.Same(application.Apis[0], await failure);
    }
}
