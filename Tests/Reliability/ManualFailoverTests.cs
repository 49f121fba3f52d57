using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using RedisAspire.Tests.AppHost;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.Reliability;

/// <summary>Without sentinels: what a person does, and orders, over the API.</summary>
[Trait("Category", "Long")]
[Collection(nameof(Undisturbed))]
public sealed class ManualFailoverTests(ManualFailoverTests.Unwatched fixture, ITestOutputHelper output) : IClassFixture<ManualFailoverTests.Unwatched>
{
    private static readonly TimeSpan PromotionTime = TimeSpan.FromSeconds(2);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task After_the_death_of_the_master_a_replica_is_promoted_by_hand_and_written_within_two_seconds()
    {
        var took = TimeSpan.Zero;
        await using var drill = await Drill.RunAsync(fixture, async drill =>
        {
            var old = await fixture.MasterAsync();
            Assert.Equal(HttpStatusCode.NoContent, await OrderAsync(old.Name, "stop"));
            await DownAsync(old.Name);
            var heir = fixture.Redis.Nodes.First(node => node != old);

            var started = Stopwatch.GetTimestamp();
            var asked = drill.Catalogue.Now;
            Assert.Equal(HttpStatusCode.OK, await OrderAsync(heir.Name, "promote"));
            await Eventually.HoldsAsync("products are written again", () => drill.Catalogue.LastSuccessBegan > asked);
            took = Stopwatch.GetElapsedTime(started);
        });

        output.WriteLine($"Written {took.TotalSeconds:0.00} s after the order.");
        await drill.AssertUnharmedAsync(output);
        Assert.True(took <= PromotionTime + drill.Load.HeldUp, $"{took.TotalSeconds} s; {drill.Load}");
    }

    [Fact]
    public async Task A_planned_hand_over_loses_nothing_and_nobody_waits_long()
    {
        // The master takes no writes while it hands over: for its clients that is a short hang.
        await using var drill = await Drill.RunAsync(fixture, async _ =>
        {
            var old = await fixture.MasterAsync();
            Assert.Equal(HttpStatusCode.OK, await OrderAsync(fixture.Redis.Nodes.Last(node => node != old).Name, "promote"));
        });

        await drill.AssertUnharmedAsync(output);
    }

    [Fact]
    public async Task A_node_is_paused_and_resumed_on_request()
    {
        await fixture.RestoreAsync();
        var master = await fixture.MasterAsync();
        var replica = fixture.Redis.Nodes.Last(node => node != master);

        Assert.Equal(HttpStatusCode.NoContent, await OrderAsync(replica.Name, "pause"));
        var clock = Stopwatch.StartNew();
        using var http = new HttpClient();
        await using var control = new Control(async () => (await http.GetAsync(fixture.Undisturbed, Cancellation)).Dispose(), clock);
        control.Start();
        await DownAsync(replica.Name);
        clock.Stop();
        output.WriteLine($"The hang was noticed after {clock.Elapsed.TotalSeconds:0.0} s.");
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(4) + control.HeldUp(TimeSpan.Zero, clock.Elapsed));
        Assert.Equal(HttpStatusCode.Conflict, await OrderAsync(replica.Name, "pause"));
        Assert.Equal(HttpStatusCode.NoContent, await OrderAsync(replica.Name, "resume"));
        await Eventually.HoldsAsync("it is up again", async () => await StatusAsync(replica.Name) == "up");
    }

    [Fact]
    public async Task What_makes_no_sense_is_refused_with_a_reason()
    {
        await fixture.RestoreAsync();
        var master = await fixture.MasterAsync();

        Assert.Equal(HttpStatusCode.Conflict, await OrderAsync(master.Name, "promote"));
        Assert.Equal(HttpStatusCode.NotFound, await OrderAsync("nobody", "promote"));
        Assert.Equal(HttpStatusCode.NotFound, await OrderAsync("nobody", "stop"));
        Assert.Equal(HttpStatusCode.Conflict, await OrderAsync(master.Name, "start"));
        Assert.Equal(HttpStatusCode.Unauthorized, await OrderAsync(master.Name, "stop", key: "guessed"));
        Assert.Equal(HttpStatusCode.Unauthorized, await OrderAsync(master.Name, "promote", key: "guessed"));
        Assert.True(master.IsRunning);
    }

    private async Task<HttpStatusCode> OrderAsync(string node, string action, string? key = null)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(fixture.Apis[0].Url, $"/api/nodes/{node}/{action}"));
        request.Headers.Add("X-Admin-Key", key ?? AppHostUnderTest.AdminKey);
        using var answer = await http.SendAsync(request, Cancellation);
        if (!answer.IsSuccessStatusCode)
            Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        return answer.StatusCode;
    }

    private Task DownAsync(string node) => Eventually.HoldsAsync($"{node} is seen to be down", async () => await StatusAsync(node) == "down");

    private async Task<string?> StatusAsync(string node)
    {
        using var http = new HttpClient();
        var nodes = await http.GetFromJsonAsync<JsonElement[]>(new Uri(fixture.Apis[0].Url, "/api/nodes"), Cancellation);
        return nodes!.Single(found => found.GetProperty("name").GetString() == node).GetProperty("status").GetString();
    }

    /// <summary>The application without sentinels.</summary>
    public sealed class Unwatched() : DrillFixture("--RedisAspire:Sentinels=0");
}
