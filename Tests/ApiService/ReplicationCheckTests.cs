using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.ApiService;

public sealed class ReplicationCheckTests(ApiFixture fixture) : ApiTests(fixture, hasAdminKey: true), IClassFixture<ApiFixture>
{
    [Fact]
    public async Task The_six_tests_of_the_workshop_pass_on_a_sound_replication_and_nothing_is_left_behind()
    {
        using var response = await BeginAsync("?writes=300");
        var events = await response.EventsAsync(Cancellation).ToListAsync(Cancellation);

        var result = Assert.Single(events, item => item.Type == "result").Data;
        Assert.Equal(events[^1].Data, result);
        Assert.Equal(Enumerable.Range(1, 6), events.SkipLast(1).Select(item => item.Data.GetProperty("step").GetInt32()).Distinct());
        Assert.True(result.GetProperty("isPassed").GetBoolean(), result.GetRawText());
        Assert.Equal(
            [
                "A key is written on the master", "It is read on the master", "It is read on every replica", "Every other node follows the master",
                "300 writes are timed", "Every node holds the same number of keys",
            ],
            result.GetProperty("tests").EnumerateArray().Select(test => test.GetProperty("name").GetString()));
        Assert.All(result.GetProperty("replicas").EnumerateArray(), replica =>
        {
            Assert.Equal("read", replica.GetProperty("status").GetString());
            Assert.True(replica.GetProperty("readableAfterMs").GetDouble() > 0);
        });
        Assert.Single(result.GetProperty("nodes").EnumerateArray().Select(node => node.GetProperty("keys").GetInt64()).Distinct());
        foreach (var timing in new[] { result.GetProperty("oneByOne"), result.GetProperty("pipelined") })
        {
            Assert.Equal(300, timing.GetProperty("writes").GetInt32());
            Assert.True(timing.GetProperty("elapsedMs").GetDouble() > 0);
        }

        Assert.Equal(0, await MarkersAsync());
    }

    [Fact]
    public async Task A_number_of_writes_beyond_the_limits_is_refused()
    {
        foreach (var writes in new[] { 0, -5, 10_001 })
        {
            using var response = await BeginAsync($"?writes={writes}");

            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
            var problem = await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
            Assert.Contains("from 1 to 10000", problem.GetProperty("errors").GetProperty("writes")[0].GetString()!);
        }

        using var text = await BeginAsync("?writes=many");
        Assert.Equal((HttpStatusCode.BadRequest, "application/problem+json"), (text.StatusCode, text.Content.Headers.ContentType?.MediaType));
    }

    [Fact]
    public async Task Another_check_is_refused_until_the_first_has_ended_or_its_client_has_gone()
    {
        using (var first = await BeginAsync("?writes=10000"))
        {
            // Held on to: who reads no further is taken for gone after a while.
            await using var events = first.EventsAsync(Cancellation).GetAsyncEnumerator(Cancellation);
            while (await events.MoveNextAsync() && events.Current.Data.GetProperty("step").GetInt32() < 5)
            {
            }

            using var second = await BeginAsync("?writes=1");

            Assert.Equal((HttpStatusCode.Conflict, "application/problem+json"), (second.StatusCode, second.Content.Headers.ContentType?.MediaType));
        }

        await Eventually.HoldsAsync("the next may begin", async () =>
        {
            using var next = await BeginAsync("?writes=1");
            return next.StatusCode == HttpStatusCode.OK && (await next.LastEventAsync()).Type == "result";
        });
        Assert.Equal(0, await MarkersAsync());
    }

    private Task<HttpResponseMessage> BeginAsync(string query) => ReplicationCheckOutageTests.BeginAsync(Client, query);

    private async Task<long> MarkersAsync() => (long)await Redis.Master.ExecuteAsync(
        "EVAL", "return #redis.call('KEYS', 'app:replication-check:*')", 0);
}
