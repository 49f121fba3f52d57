using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using RedisAspire.Caching.Near;
using RedisAspire.Contracts;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.ApiService;

/// <summary><c>?trace=1</c>: an answer says what the cache did.</summary>
public sealed class DataTraceTests(ApiFixture fixture) : ApiTests(fixture, hasAdminKey: true), IClassFixture<ApiFixture>, IAsyncLifetime
{
    private readonly string _key = $"it's {Guid.NewGuid():N}";

    public async ValueTask InitializeAsync() =>
        await Eventually.HoldsAsync("the near cache is on", () => Api.Services.GetRequiredService<NearCache>().IsOn);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_miss_asks_a_replica_takes_the_lease_calls_the_database_writes_to_the_master_and_is_told_of_the_change()
    {
        // The look-up before it has read what every look-up needs once.
        await ReadAsync("other");
        var answer = await ReadAsync(_key);

        var steps = answer.Trace!;
        Assert.Equal(["near miss", "get missing", "lease taken", "source done", "set done", "invalidation done"], steps.Where(step => step.Step != "offset").Select(step => $"{step.Step} {step.Outcome}"));
        Assert.StartsWith("redis-replica-", Step(steps, "get").Node);
        Assert.Equal("redis-master", Step(steps, "lease").Node);
        Assert.Equal("redis-master", Step(steps, "set").Node);
        Assert.StartsWith("redis-replica-", Step(steps, "invalidation").Node);
        Assert.Equal($"redis-cli -p {Redis.Master.Port} SET 'it'\\''s {_key[5..]}' 'data_pour_it'\\''s {_key[5..]}' PX 60000", Step(steps, "set").Command);
        Assert.Equal(60, Step(steps, "set").TtlSeconds);
        Assert.Equal("https://redis.io/docs/latest/commands/set/", Step(steps, "set").Documentation);
        Assert.True(Step(steps, "source").TookMicroseconds >= ApiFactory.LeastLatency.TotalMicroseconds);
        Assert.Equal(steps.OrderBy(step => step.AtMicroseconds), steps);
        Assert.DoesNotContain(steps, step => step.Command?.Contains("test-password", StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task A_hit_in_Redis_names_the_replica_that_was_read_and_the_time_to_live()
    {
        await Redis.Master.ExecuteAsync("SETEX", _key, 60, "value");
        await Redis.WaitForReplicasAsync();

        var steps = (await ReadAsync(_key)).Trace!;

        Assert.Equal(["near miss", "get found", "timeToLive found"], steps.Where(step => step.Step is "near" or "timeToLive" || step.Command?.Contains(_key[5..], StringComparison.Ordinal) == true).Select(step => $"{step.Step} {step.Outcome}"));
        Assert.All(steps.Where(step => step.Step != "near"), step => Assert.StartsWith("redis-replica-", step.Node));
        Assert.InRange(Step(steps, "timeToLive").TtlSeconds!.Value, 50, 60);
        Assert.EndsWith($" PTTL 'it'\\''s {_key[5..]}'", Step(steps, "timeToLive").Command, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hit_in_the_near_cache_is_one_step()
    {
        await NearAsync();

        var steps = (await ReadAsync(_key)).Trace!;

        var step = Assert.Single(steps);
        Assert.Equal(("near", "hit"), (step.Step, step.Outcome));
        Assert.Null(step.Command);
        Assert.Null(step.Documentation);
    }

    [Fact]
    public async Task A_near_cache_that_is_passed_over_shows()
    {
        await NearAsync();

        var steps = (await ReadAsync(_key, "&bypassNear=true")).Trace!;

        Assert.Equal(["near bypassed", "get found", "timeToLive found"], steps.Select(step => $"{step.Step} {step.Outcome}"));
    }

    [Fact]
    public async Task A_removal_is_made_on_the_master_and_announced_by_the_replica_that_had_been_read()
    {
        await NearAsync();

        using var answer = await Client.DeleteAsync(Of(_key), Cancellation);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var removal = (await answer.Content.ReadFromJsonAsync<RemovalResponse>(Cancellation))!;
        Assert.Null(removal.Outstanding);
        Assert.Equal(["unlink done", "invalidation done"], removal.Trace!.Select(step => $"{step.Step} {step.Outcome}"));
        Assert.Equal("redis-master", removal.Trace![0].Node);
    }

    [Fact]
    public async Task A_change_is_made_in_the_database_and_then_in_the_cache()
    {
        using var answer = await Client.PutAsJsonAsync(Of(_key), new DataRequest("new"), Cancellation);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var steps = (await answer.Content.ReadFromJsonAsync<RemovalResponse>(Cancellation))!.Trace!;
        Assert.Equal(["source done", "unlink done"], steps.Select(step => $"{step.Step} {step.Outcome}"));
    }

    [Fact]
    public async Task Emptying_the_cache_goes_through_the_keys_of_the_master_and_says_how_many_were_removed()
    {
        await Redis.Master.ExecuteAsync("SETEX", _key, 60, "value");

        using var answer = await Client.DeleteAsync(new Uri("/api/cache?trace=1", UriKind.Relative), Cancellation);

        var cleared = (await answer.Content.ReadFromJsonAsync<ClearedResponse>(Cancellation))!;
        Assert.Equal(["scan done", "unlink done"], cleared.Trace!.Select(step => $"{step.Step} {step.Outcome}"));
        Assert.Equal($"redis-cli -p {Redis.Master.Port} SCAN 0 MATCH '*' COUNT 100", cleared.Trace![0].Command);
        Assert.Equal(cleared.Removed, cleared.Trace[1].Keys);
    }

    [Fact]
    public async Task Without_being_asked_no_answer_says_what_the_cache_did()
    {
        Assert.DoesNotContain("\"trace\"", await Client.GetStringAsync(new Uri($"/data/{Uri.EscapeDataString(_key)}", UriKind.Relative), Cancellation), StringComparison.Ordinal);
        Assert.DoesNotContain("\"trace\"", await Client.GetStringAsync(Of(_key, trace: 0), Cancellation), StringComparison.Ordinal);
        using var refused = await Client.GetAsync(Of(_key, trace: 2), Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
    }

    private static Uri Of(string key, string more = "", int trace = 1) => new($"/data/{Uri.EscapeDataString(key)}?trace={trace}{more}", UriKind.Relative);

    private static TraceStep Step(IEnumerable<TraceStep> steps, string name) => Assert.Single(steps, step => step.Step == name);

    private async Task<DataResponse> ReadAsync(string key, string more = "") => (await Client.GetFromJsonAsync<DataResponse>(Of(key, more), Cancellation))!;

    private async Task NearAsync()
    {
        await Redis.Master.ExecuteAsync("SETEX", _key, 60, "value");
        await Eventually.HoldsAsync("the value is near", async () => (await ReadAsync(_key)).Level == "near");
    }
}
