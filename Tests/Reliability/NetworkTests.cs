using System.Diagnostics;
using RedisAspire.Caching;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.Reliability;

/// <summary>A network that is slow, stalls or is cut, and nodes that refuse to serve.</summary>
public sealed class NetworkTests(RedisFixture fixture) : IClassFixture<RedisFixture>, IAsyncLifetime
{
    private static readonly TimeSpan OperationTimeout = TimeSpan.FromMilliseconds(500);

    // Two time-outs may come one after the other.
    private static readonly TimeSpan Bearable = TimeSpan.FromSeconds(3);

    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private Control _control = null!;

    private readonly Dictionary<string, FlakyProxy> _proxies = [];
    private CacheHost _host = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        // Past the network that is broken here.
        _control = new Control(async () => await fixture.Redis.Master.ExecuteAsync("PING"), _clock);
        _control.Start();
        foreach (var node in fixture.Redis.Nodes)
            _proxies.Add(node.Name, new FlakyProxy(node.Port));
        _host = await CacheHost.StartAsync(
            fixture.Redis,
            options => options.OperationTimeout = OperationTimeout,
            reach: node => $"127.0.0.1:{_proxies[node.Name].Port},password={fixture.Redis.Users.Application.Password}");
        await WorksAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _control.DisposeAsync();
        await _host.DisposeAsync();
        foreach (var proxy in _proxies.Values)
            await proxy.DisposeAsync();
    }

    [Theory]
    [InlineData("LOADING Redis is loading the dataset in memory")]
    [InlineData("MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.")]
    [InlineData("READONLY You can't write against a read only replica.")]
    [InlineData("OOM command not allowed when used memory > 'maxmemory'.")]
    [InlineData("NOAUTH Authentication required.")]
    [InlineData("BUSY Redis is busy running a script.")]
    [InlineData("ERR something nobody has heard of")]
    public async Task Whatever_the_nodes_answer_values_come_from_the_source_until_they_serve_again(string error)
    {
        foreach (var proxy in _proxies.Values)
        {
            proxy.Error = error;
            proxy.DropAll();
        }

        await Eventually.HoldsAsync("nothing is cached any more", async () => !(await LookUpTwiceAsync()).IsHit);
        await AnsweredAsync(10);

        Heal();

        await WorksAsync();
    }

    [Fact]
    public async Task A_slow_network_makes_reads_slower_and_no_more()
    {
        foreach (var proxy in _proxies.Values)
            proxy.Delay = TimeSpan.FromMilliseconds(20);

        await AnsweredAsync(20);
        var lookup = await LookUpTwiceAsync();

        Assert.True(lookup.IsHit);
        Heal();
    }

    [Fact]
    public async Task A_network_slower_than_the_time_out_is_done_without()
    {
        foreach (var proxy in _proxies.Values)
            proxy.Delay = TimeSpan.FromSeconds(5);

        await Eventually.HoldsAsync("the nodes are given up", () => _host.Topology.Snapshot.Nodes.All(node => !node.IsUp));
        await AnsweredAsync(10, TimeSpan.FromSeconds(1));

        foreach (var proxy in _proxies.Values)
        {
            proxy.Delay = TimeSpan.Zero;
            proxy.DropAll();
        }

        await WorksAsync();
    }

    [Fact]
    public async Task A_network_that_stalls_is_noticed_and_used_again_when_it_works()
    {
        foreach (var proxy in _proxies.Values)
            proxy.IsStalled = true;

        await Eventually.HoldsAsync("the nodes are given up", () => _host.Topology.Snapshot.Nodes.All(node => !node.IsUp));
        await AnsweredAsync(10, TimeSpan.FromSeconds(1));

        Heal();
        await WorksAsync();
    }

    [Fact]
    public async Task Connections_that_are_dead_and_have_not_been_told_are_made_anew()
    {
        foreach (var proxy in _proxies.Values)
            proxy.Freeze();

        await AnsweredAsync(5);
        await WorksAsync();
    }

    [Fact]
    public async Task A_network_that_is_cut_again_and_again_costs_no_answer()
    {
        for (var i = 0; i < 10; i++)
        {
            var proxy = _proxies.Values.ElementAt(i % _proxies.Count);
            proxy.IsCut = i % 2 == 0;
            proxy.DropAll();
            await AnsweredAsync(20);
        }

        Heal();
        await WorksAsync();
    }

    [Fact]
    public async Task A_master_without_memory_takes_no_values_and_is_still_read()
    {
        await _host.Cache.SetAsync("known", "value", cancellationToken: Cancellation);
        try
        {
            await fixture.Redis.Master.ExecuteAsync("CONFIG", "SET", "maxmemory-policy", "noeviction");
            await fixture.Redis.Master.ExecuteAsync("CONFIG", "SET", "maxmemory", "1");

            Assert.False((await LookUpTwiceAsync()).IsHit);
            Assert.True((await _host.Cache.LookupAsync("known", _ => ValueTask.FromResult("source"), cancellationToken: Cancellation)).IsHit);
            Assert.True(_host.Topology.Snapshot.Nodes[0].IsUp);
        }
        finally
        {
            await fixture.Redis.Master.ExecuteAsync("CONFIG", "SET", "maxmemory", "0");
        }

        await WorksAsync();
    }

    private void Heal()
    {
        foreach (var proxy in _proxies.Values)
            proxy.Heal();
    }

    private Task WorksAsync() => Eventually.HoldsAsync(
        "values are cached",
        async () => (await LookUpTwiceAsync()).IsHit && _host.Near.IsOn && _host.Topology.Snapshot.Nodes.All(node => node.IsUp));

    private async Task<CacheLookup<string>> LookUpTwiceAsync()
    {
        var key = $"network-{Guid.NewGuid():N}";
        await _host.Cache.LookupAsync(key, _ => ValueTask.FromResult("value"), cancellationToken: Cancellation);
        return await _host.Cache.LookupAsync(key, _ => ValueTask.FromResult("value"), cancellationToken: Cancellation);
    }

    private async Task AnsweredAsync(int lookups, TimeSpan? within = null)
    {
        for (var i = 0; i < lookups; i++)
        {
            var started = _clock.Elapsed;
            Assert.Equal("value", (await LookUpTwiceAsync()).Value);
            var (took, heldUp) = (_clock.Elapsed - started, _control.HeldUp(started, _clock.Elapsed));
            Assert.True(took - heldUp < (within ?? Bearable), $"An answer took {took.TotalMilliseconds} ms, {heldUp.TotalMilliseconds} of them because of other work.");
        }
    }
}
