using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RedisAspire.Contracts;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.ApiService;

public sealed class EventTests() : OwnNodesApiTests(hasAdminKey: true, ("RateLimit:PermitLimit", "100"))
{
    private static readonly Uri Address = new("/api/events", UriKind.Relative);

    [Fact]
    public async Task Who_comes_is_told_all_at_once_and_then_what_is_new()
    {
        await LookUpAsync("before");
        await Eventually.HoldsAsync("the look-up is in the history", async () =>
            (await GetAsync("/api/history")).GetProperty("items").GetArrayLength() == 1);
        await using var events = ListenAsync().GetAsyncEnumerator(Cancellation);

        var opening = await TakeAsync(events, 5);
        await LookUpAsync("after");
        var news = await UntilAsync(events, "history");

        Assert.Equal(["nodes", "stats", "history", "topology", "sentinels"], opening.Keys);
        Assert.Equal((await GetAsync("/api/nodes")).EnumerateArray().Select(Name), opening["nodes"].EnumerateArray().Select(Name));
        Assert.Equal(1, opening["stats"].GetProperty("cluster").GetProperty("sinceStart").GetProperty("misses").GetInt32());
        Assert.Equal(["before"], opening["history"].EnumerateArray().Select(entry => entry.GetProperty("key").GetString()));
        Assert.Equal(["up", "up", "up"], opening["topology"].EnumerateArray().Select(Change).Where(change => change == "up"));
        Assert.Equal(["after"], news.EnumerateArray().Select(entry => entry.GetProperty("key").GetString()));
    }

    [Fact]
    public async Task A_lost_node_and_another_master_are_told_and_listed()
    {
        await using var events = ListenAsync().GetAsyncEnumerator(Cancellation);
        await TakeAsync(events, 4);

        await Redis.Master.Process.KillAsync();
        var changes = new List<JsonElement>();
        while (!changes.Exists(change => Change(change) == "master"))
            changes.AddRange((await UntilAsync(events, "topology")).EnumerateArray());

        var down = changes.First(change => Change(change) == "down");
        Assert.Equal(("redis-master", "master"), (down.GetProperty("node").GetString(), down.GetProperty("role").GetString()));
        Assert.NotEmpty(down.GetProperty("reason").GetString()!);
        var lost = changes.First(change => Change(change) == "master");
        Assert.Equal((JsonValueKind.Null, "redis-master"), (lost.GetProperty("node").ValueKind, lost.GetProperty("before").GetString()));
        var listed = (await GetAsync("/api/nodes/changes")).EnumerateArray().ToArray();
        Assert.Equal(Enumerable.Range(1, listed.Length), listed.Select(change => change.GetProperty("number").GetInt32()));
        Assert.Contains(listed, change => Change(change) == "down");
        // Nobody is left without news because Redis is gone.
        Assert.False((await UntilAsync(events, "stats")).GetProperty("cluster").GetProperty("isComplete").GetBoolean());
    }

    [Fact]
    public async Task Whatever_stands_among_the_figures_of_others_events_go_on()
    {
        await Redis.Master.ExecuteAsync("ZADD", "app:stats", 9_999_999_999, "other");
        await Redis.Master.ExecuteAsync("SET", "app:stats:other", """{"instance":"x"}""");
        await using var events = ListenAsync().GetAsyncEnumerator(Cancellation);

        for (var i = 0; i < 2; i++)
            Assert.Equal(1, (await UntilAsync(events, "stats")).GetProperty("cluster").GetProperty("instances").GetInt32());

        Assert.False(Api.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested);
    }

    [Fact]
    public async Task What_cannot_be_told_at_one_moment_is_told_at_the_next()
    {
        var failing = new FailingConverter();
        await using var api = await ApiFactory.StartAsync(Redis, services => services.ConfigureHttpJsonOptions(json => json.SerializerOptions.Converters.Add(failing)));
        using var client = api.CreateClient();
        await using var stream = await client.GetStreamAsync(Address, Cancellation);
        await using var events = SseParser.Create(stream).EnumerateAsync(Cancellation).GetAsyncEnumerator(Cancellation);

        Assert.True(await events.MoveNextAsync());

        Assert.Equal(("nodes", true), (events.Current.EventType, failing.HasFailed));
    }

    [Fact]
    public async Task Many_are_told_the_same()
    {
        var streams = Enumerable.Range(0, 50).Select(_ => ListenAsync().GetAsyncEnumerator(Cancellation)).ToArray();

        var openings = await Task.WhenAll(streams.Select(stream => TakeAsync(stream, 4)));
        var next = await Task.WhenAll(streams.Select(stream => UntilAsync(stream, "stats")));

        Assert.All(openings, opening => Assert.Equal(4, opening.Count));
        Assert.InRange(next.Select(stats => stats.GetProperty("takenAt").GetDateTimeOffset()).Distinct().Count(), 1, 5);
        foreach (var stream in streams)
            await stream.DisposeAsync();
    }

    [Fact]
    public async Task No_more_listen_than_the_service_can_bear_and_who_has_gone_makes_room()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var feed = Api.Services.GetRequiredService<RedisAspire.ApiService.Events.EventFeed>();
        var listeners = Enumerable.Range(0, 500).Select(_ => feed.Broadcast.ListenAsync(stop.Token).GetAsyncEnumerator(stop.Token)).ToArray();
        foreach (var listener in listeners)
            await listener.MoveNextAsync();

        using var refused = await Client.GetAsync(Address, Cancellation);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.NotNull(refused.Headers.RetryAfter);

        foreach (var listener in listeners)
            await listener.DisposeAsync();
        await using var events = ListenAsync().GetAsyncEnumerator(Cancellation);
        Assert.Equal(4, (await TakeAsync(events, 4)).Count);
    }

    [Fact]
    public async Task Streams_end_when_the_service_stops()
    {
        await using var events = ListenAsync().GetAsyncEnumerator(Cancellation);
        await TakeAsync(events, 4);
        var started = Stopwatch.GetTimestamp();

        var stopping = Api.Services.GetRequiredService<IHost>().StopAsync(Cancellation);
        while (await events.MoveNextAsync())
        {
        }

        await stopping;
        // Far below the half minute that the server gives requests which do not end.
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(15));
    }

    private static string? Name(JsonElement node) => node.GetProperty("name").GetString();

    private static string? Change(JsonElement change) => change.GetProperty("change").GetString();

    private static async Task<Dictionary<string, JsonElement>> TakeAsync(IAsyncEnumerator<SseItem<JsonElement>> events, int count)
    {
        var taken = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        while (taken.Count < count && await events.MoveNextAsync())
            taken.Add(events.Current.EventType, events.Current.Data);
        return taken;
    }

    private static async Task<JsonElement> UntilAsync(IAsyncEnumerator<SseItem<JsonElement>> events, string type)
    {
        while (await events.MoveNextAsync())
        {
            if (events.Current.EventType == type)
                return events.Current.Data;
        }

        throw new InvalidOperationException($"The stream has ended without {type}.");
    }

    private async IAsyncEnumerable<SseItem<JsonElement>> ListenAsync()
    {
        // The stream itself has no end: what does not come must not be waited for without one.
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(Eventually.Limit);
        await using var stream = await Client.GetStreamAsync(Address, limit.Token);
        await foreach (var item in SseParser.Create(stream, static (_, data) => JsonSerializer.Deserialize<JsonElement>(data)).EnumerateAsync(limit.Token))
            yield return item;
    }

    // Fails once.
    private sealed class FailingConverter : JsonConverter<StatsResponse>
    {
        public bool HasFailed { get; private set; }

        public override StatsResponse Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException();

        public override void Write(Utf8JsonWriter writer, StatsResponse value, JsonSerializerOptions options)
        {
            if (!HasFailed)
            {
                HasFailed = true;
                throw new InvalidOperationException("This cannot be written.");
            }

            writer.WriteNullValue();
        }
    }

    private Task<JsonElement> GetAsync(string address) => Client.GetFromJsonAsync<JsonElement>(new Uri(address, UriKind.Relative), Cancellation);

    private async Task LookUpAsync(string key) => Assert.Equal("source", (await GetAsync($"/data/{key}")).GetProperty("level").GetString());
}
