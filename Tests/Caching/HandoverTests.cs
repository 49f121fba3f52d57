using System.Text;
using Microsoft.Extensions.DependencyInjection;
using RedisAspire.Caching;
using RedisAspire.Caching.Topology;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.Caching;

/// <summary>One process fills a key, another waits for it, and then the master that was to take the value is gone.</summary>
public sealed class HandoverTests() : HandoverScenario(peerAddress: null)
{
    [Fact]
    public Task Who_waits_gets_the_value_though_the_master_died_before_it_was_stored() => AssertHandedOverAfterAsync(Redis.Master.Process.KillAsync);

    [Fact]
    public async Task Who_waits_gets_the_value_and_stores_it_when_another_node_is_the_master_now()
    {
        var (theirs, ours) = await BeginAsync();
        var heir = Redis.Replicas.First();
        await Filling.Services.GetRequiredService<RedisFailover>().PromoteAsync(heir.Name, Cancellation);
        // The lease of the old master is void.
        await InTimeAsync(OursIsAsked.Task);

        Theirs.SetResult("theirs");

        Assert.Equal("theirs", (await InTimeAsync(theirs)).Value);
        // Handed over, or read: who looked while neither node was the master has no lease, and the one there is stands.
        Assert.Equal("theirs", (await InTimeAsync(ours)).Value);
        await InTimeAsync(OursIsGivenUp.Task);
        Assert.Equal("theirs", (string?)await heir.ExecuteAsync("GET", Key));
    }

    [Fact]
    public async Task Who_asks_the_source_because_the_master_did_not_answer_leaves_it_when_the_value_is_stored()
    {
        var (theirs, ours) = await BeginAsync();
        ToMaster.IsStalled = true;
        await InTimeAsync(OursIsAsked.Task);

        Theirs.SetResult("theirs");

        Assert.Equal("theirs", (await InTimeAsync(theirs)).Value);
        Assert.Equal((CacheLevel.Redis, "theirs"), await InTimeAsync(ours));
        await InTimeAsync(OursIsGivenUp.Task);
    }

    [Fact]
    public async Task What_comes_in_another_form_on_the_channel_is_not_taken_for_the_value()
    {
        var (theirs, ours) = await BeginAsync();
        var lease = Encoding.UTF8.GetBytes((string)(await Redis.Master.ExecuteAsync("GET", $"app:cache:lease:{Key}"))!);
        byte[] unversioned = [.. BitConverter.GetBytes(lease.Length), .. lease, .. "another"u8];
        foreach (var message in new byte[][] { [], [1], [1, 0xff, 0xff, 0xff, 0xff], [1, 0xff, 0xff, 0xff, 0x7f], unversioned, [2, .. unversioned] })
            await Redis.Replicas.First().ExecuteAsync("PUBLISH", "app:cache:handover", message);
        await Redis.Master.Process.KillAsync();
        await InTimeAsync(OursIsAsked.Task);

        Theirs.SetResult("theirs");

        Assert.Equal("theirs", (await InTimeAsync(theirs)).Value);
        Assert.Equal((CacheLevel.Source, "theirs"), await InTimeAsync(ours));
    }

    [Fact]
    public async Task Who_waits_does_not_get_what_has_been_removed_since_it_was_asked_for()
    {
        var (theirs, ours) = await BeginAsync();
        await Filling.Cache.RemoveAsync(Key, Cancellation);
        await InTimeAsync(OursIsAsked.Task);
        await Redis.Master.Process.KillAsync();

        Theirs.SetResult("theirs, from before the removal");
        await theirs;
        await Eventually.HoldsAsync("every replica has passed it on", async () =>
            (await Task.WhenAll(Redis.Replicas.Select(replica => replica.InfoAsync("commandstats")))).All(statistics => statistics.ContainsKey("cmdstat_publish")));
        // Another key is filled meanwhile: whatever has been published has arrived by then.
        await Waiting.Cache.LookupAsync("another", static _ => ValueTask.FromResult(""), cancellationToken: Cancellation);
        Ours.SetResult("ours");

        Assert.Equal((CacheLevel.Source, "ours"), await InTimeAsync(ours));
    }
}
