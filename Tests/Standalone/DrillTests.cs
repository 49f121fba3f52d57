using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using RedisAspire.AppHost.Drills;
using RedisAspire.RedisProcesses;
using RedisAspire.Standalone.Drills;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.Standalone;

public sealed class DrillTests : IAsyncLifetime
{
    private const string Key = "0123456789abcdef";

    private readonly SentinelFixture _fixture = new();
    private readonly HttpClient _http = new();
    private DrillServer _server = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private RedisServer Replica => _fixture.Redis.Nodes[1];

    public async ValueTask InitializeAsync()
    {
        await _fixture.InitializeAsync();
        _server = await DrillServer.StartAsync(_fixture.Redis, Key, Cancellation);
        _http.BaseAddress = _server.Address;
        _http.DefaultRequestHeaders.Add(AdminKeyFilter.Header, Key);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
        await _fixture.DisposeAsync();
    }

    [Fact]
    public void The_server_listens_on_loopback_only() => Assert.Equal("127.0.0.1", _server.Address.Host);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("0123456789abcdeF")]
    [InlineData("0123456789abcdef0")]
    public async Task Without_the_key_nothing_happens(string? key)
    {
        _http.DefaultRequestHeaders.Remove(AdminKeyFilter.Header);
        if (key is not null)
            _http.DefaultRequestHeaders.Add(AdminKeyFilter.Header, key);

        await IsProblemAsync(HttpStatusCode.Unauthorized, "redis-replica-1", "stop");
        await IsProblemAsync(HttpStatusCode.Unauthorized, "redis-nobody", "stop");

        Assert.True(Replica.IsRunning);
    }

    [Theory]
    [InlineData("stop")]
    [InlineData("start")]
    [InlineData("pause")]
    [InlineData("resume")]
    public async Task An_unknown_node_is_not_found(string action) =>
        await IsProblemAsync(HttpStatusCode.NotFound, "redis-nobody", action);

    [Fact]
    public async Task An_unknown_action_is_not_found() =>
        await IsProblemAsync(HttpStatusCode.NotFound, "redis-replica-1", "explode");

    [Fact]
    public async Task A_replica_is_stopped_and_started_again()
    {
        await IsDoneAsync("redis-replica-1", "stop");
        Assert.False(Replica.IsRunning);
        await IsProblemAsync(HttpStatusCode.Conflict, "redis-replica-1", "stop");
        await IsProblemAsync(HttpStatusCode.Conflict, "redis-replica-1", "pause");
        await IsProblemAsync(HttpStatusCode.Conflict, "redis-replica-1", "resume");

        await IsDoneAsync("redis-replica-1", "start");
        Assert.Equal("PONG", (string?)await Replica.ExecuteAsync("PING"));
        Assert.Equal("slave", (await Replica.InfoAsync("replication"))["role"]);
        await IsProblemAsync(HttpStatusCode.Conflict, "redis-replica-1", "start");
    }

    [Fact]
    public async Task A_replica_is_paused_and_resumed()
    {
        await IsProblemAsync(HttpStatusCode.Conflict, "redis-replica-1", "resume");
        await IsDoneAsync("redis-replica-1", "pause");
        await IsProblemAsync(HttpStatusCode.Conflict, "redis-replica-1", "pause");
        await IsProblemAsync(HttpStatusCode.Conflict, "redis-replica-1", "start");

        var answer = Replica.ExecuteAsync("PING");
        await IsDoneAsync("redis-replica-1", "resume");
        Assert.Equal("PONG", (string?)await answer);
        await IsProblemAsync(HttpStatusCode.Conflict, "redis-replica-1", "resume");
    }

    [Fact]
    public async Task A_paused_node_can_be_stopped()
    {
        await IsDoneAsync("redis-replica-1", "pause");
        await IsDoneAsync("redis-replica-1", "stop");
        await IsDoneAsync("redis-replica-1", "start");

        Assert.False(Replica.Process.IsPaused);
    }

    [Fact]
    public async Task Of_two_starts_at_once_one_is_a_conflict()
    {
        await IsDoneAsync("redis-replica-1", "stop");

        var answers = await Task.WhenAll(SendAsync("redis-replica-1", "start"), SendAsync("redis-replica-1", "start"));

        Assert.Equal([HttpStatusCode.NoContent, HttpStatusCode.Conflict], answers.Select(answer => answer.StatusCode).Order());
        foreach (var answer in answers)
            answer.Dispose();
    }

    [Fact]
    public async Task A_sentinel_is_stopped_and_started_again()
    {
        await IsDoneAsync("redis-sentinel-3", "stop");
        Assert.False(_fixture.Redis.Sentinels[2].IsRunning);

        await IsDoneAsync("redis-sentinel-3", "start");
        Assert.Equal(_fixture.Redis.Master.Port, await _fixture.Redis.Sentinels[2].MasterPortAsync());
    }

    [Fact]
    public async Task A_stopped_master_is_replaced_and_comes_back_as_a_replica()
    {
        await IsDoneAsync("redis-master", "stop");
        await Eventually.HoldsAsync("another node is the master", async () =>
            await _fixture.Redis.Sentinels[0].MasterPortAsync() != _fixture.Redis.Master.Port, TimeSpan.FromSeconds(60));

        await IsDoneAsync("redis-master", "start");

        await Eventually.HoldsAsync("it follows", async () => (await _fixture.Redis.Master.InfoAsync("replication"))["role"] == "slave");
    }

    private Task<HttpResponseMessage> SendAsync(string name, string action) =>
        _http.PostAsync(new Uri($"/nodes/{name}/{action}", UriKind.Relative), content: null, Cancellation);

    private async Task IsDoneAsync(string name, string action)
    {
        using var response = await SendAsync(name, action);
        Assert.True(response.StatusCode == HttpStatusCode.NoContent, await response.Content.ReadAsStringAsync(Cancellation));
    }

    private async Task IsProblemAsync(HttpStatusCode status, string name, string action)
    {
        using var response = await SendAsync(name, action);
        Assert.Equal(status, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
        Assert.Equal((int)status, problem.GetProperty("status").GetInt32());
        Assert.DoesNotContain(Key, problem.ToString(), StringComparison.Ordinal);
    }
}
