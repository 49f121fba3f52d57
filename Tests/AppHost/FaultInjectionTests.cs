using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Aspire.Hosting.Testing;
using RedisAspire.AppHost.FaultInjection;
using RedisAspire.RedisProcesses;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.AppHost;

/// <summary>The small server through which the API has nodes stopped and started.</summary>
[Collection(nameof(ProcessApplicationCollection))]
public sealed class FaultInjectionTests(ProcessApplication running) : IAsyncLifetime
{
    private readonly HttpClient _http = new();
    private RedisServer _replica = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await running.RestoreAsync();
        _replica = await running.Redis.AnyReplicaAsync();
        _http.BaseAddress = new Uri(running.Apis[0].Environment("FaultInjection__Address"));
        _http.DefaultRequestHeaders.Add(AdminKeyFilter.Header, AppHostUnderTest.AdminKey);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await running.RestoreAsync();
    }

    [Fact]
    public void The_server_listens_on_loopback_only() => Assert.Equal("127.0.0.1", _http.BaseAddress!.Host);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("test-admin-keY")]
    [InlineData("test-admin-key0")]
    public async Task Without_the_key_nothing_happens(string? key)
    {
        _http.DefaultRequestHeaders.Remove(AdminKeyFilter.Header);
        if (key is not null)
            _http.DefaultRequestHeaders.Add(AdminKeyFilter.Header, key);

        await IsProblemAsync(HttpStatusCode.Unauthorized, _replica.Name, "stop");
        await IsProblemAsync(HttpStatusCode.Unauthorized, "redis-nobody", "stop");

        Assert.True(_replica.IsRunning);
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
        await IsProblemAsync(HttpStatusCode.NotFound, _replica.Name, "explode");

    [Fact]
    public async Task A_replica_is_stopped_and_started_again()
    {
        Assert.Equal("running", await StateAsync());
        await IsDoneAsync(_replica.Name, "stop");
        Assert.False(_replica.IsRunning);
        Assert.Equal("stopped", await StateAsync());
        await IsProblemAsync(HttpStatusCode.Conflict, _replica.Name, "stop");
        await IsProblemAsync(HttpStatusCode.Conflict, _replica.Name, "pause");
        await IsProblemAsync(HttpStatusCode.Conflict, _replica.Name, "resume");

        await IsDoneAsync(_replica.Name, "start");
        Assert.Equal("PONG", (string?)await _replica.ExecuteAsync("PING"));
        Assert.Equal("slave", (await _replica.InfoAsync("replication"))["role"]);
        await IsProblemAsync(HttpStatusCode.Conflict, _replica.Name, "start");
    }

    [Fact]
    public async Task A_replica_is_paused_and_resumed()
    {
        await IsProblemAsync(HttpStatusCode.Conflict, _replica.Name, "resume");
        await IsDoneAsync(_replica.Name, "pause");
        await IsProblemAsync(HttpStatusCode.Conflict, _replica.Name, "pause");
        await IsProblemAsync(HttpStatusCode.Conflict, _replica.Name, "start");
        Assert.Equal("paused", await StateAsync());

        var answer = _replica.ExecuteAsync("PING");
        await IsDoneAsync(_replica.Name, "resume");
        Assert.Equal("PONG", (string?)await answer);
        await IsProblemAsync(HttpStatusCode.Conflict, _replica.Name, "resume");
    }

    [Fact]
    public async Task A_paused_node_can_be_stopped()
    {
        await IsDoneAsync(_replica.Name, "pause");
        await IsDoneAsync(_replica.Name, "stop");
        await IsDoneAsync(_replica.Name, "start");

        Assert.False(_replica.Process.IsPaused);
    }

    [Fact]
    public async Task Of_two_starts_at_once_one_is_a_conflict()
    {
        await IsDoneAsync(_replica.Name, "stop");

        var answers = await Task.WhenAll(SendAsync(_replica.Name, "start"), SendAsync(_replica.Name, "start"));

        Assert.Equal([HttpStatusCode.NoContent, HttpStatusCode.Conflict], answers.Select(answer => answer.StatusCode).Order());
        foreach (var answer in answers)
            answer.Dispose();
    }

    [Fact]
    public async Task A_sentinel_is_stopped_and_started_again()
    {
        var sentinel = running.Redis.Sentinels[2];
        await IsDoneAsync(sentinel.Name, "stop");
        Assert.False(sentinel.IsRunning);

        await IsDoneAsync(sentinel.Name, "start");
        Assert.Equal((await running.Redis.CurrentMasterAsync()).Port, await sentinel.MasterPortAsync());
    }

    [Fact]
    public async Task A_stopped_master_is_replaced_and_comes_back_as_a_replica()
    {
        var master = await running.Redis.CurrentMasterAsync();
        await IsDoneAsync(master.Name, "stop");
        await Eventually.HoldsAsync("another node is the master", async () => await running.Redis.Sentinels[0].MasterPortAsync() != master.Port);

        await IsDoneAsync(master.Name, "start");

        await Eventually.HoldsAsync("it follows", async () => (await master.InfoAsync("replication"))["role"] == "slave");
    }

    // As the API passes it on to everybody.
    private async Task<string?> StateAsync()
    {
        using var api = running.Application.CreateHttpClient("apiservice");
        var states = await api.GetFromJsonAsync<Dictionary<string, string>>(new Uri("/api/faults", UriKind.Relative), Cancellation);
        Assert.Equal(running.Redis.Processes.Count(), states!.Count);
        return states[_replica.Name];
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
        Assert.DoesNotContain(AppHostUnderTest.AdminKey, problem.ToString(), StringComparison.Ordinal);
    }
}
