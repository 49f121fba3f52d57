using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using RedisAspire.Tests.Support;
using RedisAspire.Web.Live;

namespace RedisAspire.Tests.Web;

public sealed class LiveStateTests : IDisposable
{
    private readonly StubApi _api = new();
    private readonly LiveFeed _feed;

    public LiveStateTests() => _feed = new LiveFeed(_api, new ConfigurationBuilder().Build(), TimeProvider.System, NullLogger<LiveFeed>.Instance);

    public void Dispose()
    {
        _feed.Dispose();
        _api.Dispose();
    }

    [Fact]
    public async Task All_components_of_a_page_load_the_nodes_with_one_request()
    {
        using var state = new LiveState(_feed);

        await Task.WhenAll(state.LoadAsync(), state.LoadAsync(), state.LoadAsync());

        Assert.Equal(2, state.Current.Nodes.Count);
        Assert.Single(_api.Requests);
    }

    [Fact]
    public async Task The_circuit_continues_with_the_nodes_that_the_page_was_drawn_with()
    {
        using var prerendering = new LiveState(_feed);
        await prerendering.LoadAsync();
        using var circuit = new LiveState(_feed) { Prerendered = prerendering.Prerendered };

        await circuit.LoadAsync();

        Assert.Equal(prerendering.Current.Nodes, circuit.Current.Nodes);
        Assert.Single(_api.Requests);
    }

    [Fact]
    public async Task Subscribers_share_one_event_stream_until_they_leave()
    {
        using var state = new LiveState(_feed);
        var (first, second) = (new TaskCompletionSource(), new TaskCompletionSource());

        state.Subscribe(_ => first.TrySetResult());
        state.Subscribe(_ => second.TrySetResult());
        await Task.WhenAll(first.Task, second.Task).WaitAsync(Eventually.Limit, TestContext.Current.CancellationToken);

        Assert.True(state.IsFollowing);
        Assert.Equal("/api/events", Assert.Single(_api.Requests));
    }
}
