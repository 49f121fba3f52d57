using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using RedisAspire.Caching;
using RedisAspire.Caching.Coherence;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.Caching;

/// <summary>One process fills a key, another waits for it, and then no node is left that could tell it anything.</summary>
public sealed class PeerHandoverTests() : HandoverScenario(peerAddress: "127.0.0.1")
{
    [Fact]
    public Task Who_waits_gets_the_value_though_every_node_has_died() => AssertHandedOverAfterAsync(KillAllAsync);

    [Fact]
    public async Task Who_waits_asks_the_own_source_when_that_of_the_other_has_failed()
    {
        var (theirs, ours) = await BeginAsync();
        await KillAllAsync();
        await InTimeAsync(OursIsAsked.Task);

        Theirs.SetException(new InvalidDataException("broken source"));
        await Assert.ThrowsAsync<InvalidDataException>(() => theirs);
        Ours.SetResult("ours");

        Assert.Equal((CacheLevel.Source, "ours"), await InTimeAsync(ours));
    }

    [Fact]
    public async Task Who_waits_does_not_ask_for_what_has_been_removed_since()
    {
        var (theirs, ours) = await BeginAsync();
        await Filling.Cache.RemoveAsync(Key, Cancellation);
        await InTimeAsync(OursIsAsked.Task);
        await KillAllAsync();

        Theirs.SetResult("theirs, from before the removal");
        await theirs;
        Ours.SetResult("ours");

        Assert.Equal((CacheLevel.Source, "ours"), await InTimeAsync(ours));
    }

    [Fact]
    public async Task Only_who_names_a_lease_is_answered_and_nonsense_harms_nobody()
    {
        var peers = Filling.Services.GetRequiredService<PeerHandover>();
        using var offered = peers.Offer("lease" + peers.Suffix)!;
        var address = IPEndPoint.Parse(peers.Suffix[1..]);
        byte[][] nonsense = [[], [0], [3, (byte)'a'], [255, .. new byte[300]], "GET / HTTP/1.1\r\n\r\n"u8.ToArray()];
        await Task.WhenAll(nonsense.Select(AskAsync));

        var refused = new TaskCompletionSource<byte[]>();
        await InTimeAsync(peers.AskAsync("another" + peers.Suffix, refused, Cancellation));
        var awaited = new TaskCompletionSource<byte[]>();
        var asking = peers.AskAsync("lease" + peers.Suffix, awaited, Cancellation);
        offered.Give([1, 2, 3]);
        await InTimeAsync(asking);

        Assert.Equal([1, 2, 3], await InTimeAsync(awaited.Task));
        Assert.False(refused.Task.IsCompleted);

        async Task AskAsync(byte[] question)
        {
            using var client = new TcpClient();
            await client.ConnectAsync(address, Cancellation);
            var stream = client.GetStream();
            await stream.WriteAsync(question, Cancellation);
            try
            {
                Assert.Equal(0, await InTimeAsync(stream.ReadAsync(new byte[1], Cancellation).AsTask()));
            }
            catch (IOException)
            {
                // Closed before all was read.
            }
        }
    }

    [Fact]
    public async Task An_address_that_is_not_this_machines_is_logged_and_costs_no_more_than_the_handover()
    {
        var log = new RecordingLogger(LogLevel.Warning);

        await using var host = await CacheHost.StartAsync(
            Redis, options => options.PeerAddress = "192.0.2.1", services => services.AddSingleton<ILoggerProvider>(log));

        Assert.Equal("value", await host.Cache.GetOrCreateAsync("other", static _ => ValueTask.FromResult("value"), cancellationToken: Cancellation));
        Assert.Contains(log.Lines, line => line.Contains("cannot listen on 192.0.2.1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_address_that_is_none_is_refused_at_the_start()
    {
        var refusal = await Assert.ThrowsAsync<OptionsValidationException>(() => CacheHost.StartAsync(Redis, options => options.PeerAddress = "localhost"));

        Assert.Equal("PeerAddress must be an IP address.", refusal.Message);
    }

    private Task KillAllAsync() => Task.WhenAll(Redis.Nodes.Select(node => node.Process.KillAsync()));
}
