using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.Reliability;

/// <summary>The API under load while the network between it and the nodes is bad, or the nodes refuse to serve.</summary>
[Trait("Category", "Long")]
[Collection(nameof(Undisturbed))]
public sealed class NetworkDrillTests(ITestOutputHelper output) : IAsyncLifetime
{
    private static readonly TimeSpan Source = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan Limit = Source + TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(30);

    // Permit, value, lease, row and store, one after another, there and back.
    private static readonly TimeSpan RoundTrips = 5 * 2 * Delay;

    private readonly RedisFixture _fixture = new();
    private readonly Dictionary<string, FlakyProxy> _proxies = [];
    private ApiFactory _api = null!;
    private ApiFactory _withoutNodes = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _fixture.InitializeAsync();
        foreach (var node in _fixture.Redis.Nodes)
            _proxies.Add(node.Name, new FlakyProxy(node.Port));
        _api = await ApiFactory.StartAsync(
            _fixture.Redis,
            [
                .. _proxies.Select(proxy => ($"ConnectionStrings:{proxy.Key}", (string?)$"127.0.0.1:{proxy.Value.Port},password={_fixture.Redis.Users.Application.Password}")),
                ("SlowDatabase:Latency", Source.ToString("c")),
                ("Cache:OperationTimeout", "00:00:00.150"),
                ("Cache:Expiration", "00:00:02"),
            ]);
        _withoutNodes = await ApiFactory.StartAsync(redis: null);
    }

    public async ValueTask DisposeAsync()
    {
        await _api.DisposeAsync();
        await _withoutNodes.DisposeAsync();
        foreach (var proxy in _proxies.Values)
            await proxy.DisposeAsync();
        await _fixture.DisposeAsync();
    }

    [Fact]
    public async Task Delays_stalls_cuts_and_refusals_fail_no_request_and_delay_none_for_long()
    {
        using var client = _api.CreateClient();
        var address = client.BaseAddress!;
        using var other = _withoutNodes.CreateClient();
        var undisturbed = new Uri(other.BaseAddress!, "/alive");
        await using (var warmUp = new LoadGenerator([address], new Uri(address, "/health"), undisturbed, TimeSpan.MaxValue))
        {
            warmUp.Start();
            await Task.Delay(TimeSpan.FromSeconds(2), Cancellation);
        }

        await UnderLoadAsync("a delay of 30 ms", Limit + RoundTrips, proxy => proxy.Delay = Delay);
        await UnderLoadAsync("a stall", Limit, proxy => proxy.IsStalled = true);
        await UnderLoadAsync("a cut", Limit, proxy => proxy.IsCut = true);
        foreach (var error in new[] { "LOADING Redis is loading the dataset in memory", "MASTERDOWN Link is down", "READONLY You can't write", "OOM command not allowed", "NOAUTH Authentication required.", "BUSY Redis is busy" })
        {
            await UnderLoadAsync(error, Limit, proxy =>
            {
                proxy.Error = error;
                proxy.DropAll();
            });
        }

        async Task UnderLoadAsync(string what, TimeSpan limit, Action<FlakyProxy> fault)
        {
            await using var load = new LoadGenerator([address], new Uri(address, "/health"), undisturbed, limit);
            load.Start();
            await Task.Delay(TimeSpan.FromMilliseconds(300), Cancellation);
            foreach (var proxy in _proxies.Values)
                fault(proxy);
            await Task.Delay(TimeSpan.FromSeconds(0.7), Cancellation);
            foreach (var proxy in _proxies.Values)
                proxy.Heal();
            await Eventually.HoldsAsync("values are cached again", async () =>
            {
                using var answer = await client.GetAsync(new Uri("/data/healed", UriKind.Relative), Cancellation);
                return answer.Headers.GetValues("X-Cache").Single() == "HIT";
            });
            await load.StopAsync();

            output.WriteLine($"{what}: {load}");
            Assert.True(load.Failures.Count == 0, $"{what}: {load}\n{string.Join('\n', load.Failures.Take(20))}\n{string.Join('\n', _api.Errors.Take(5))}");
            Assert.True(load.SlowAnswers.Count == 0, $"{what}: {load}\n{string.Join('\n', load.SlowAnswers.Take(20))}");
        }
    }
}
