using System.Collections.Concurrent;
using System.Diagnostics;
using RedisAspire.RedisProcesses;
using RedisAspire.ServiceDefaults;
using RedisAspire.Tests.Support;
using StackExchange.Redis;

namespace RedisAspire.Tests.ServiceDefaults;

public sealed class RedisCommandSpansTests : IClassFixture<RedisFixture>, IAsyncLifetime
{
    private readonly RedisServer _node;
    private readonly ConcurrentQueue<Activity> _spans = new();
    private readonly RedisCommandSpans _commands = new();
    private readonly ActivitySource _source = new($"test-{Guid.NewGuid():N}");
    private readonly ActivityListener _listener;
    private ConnectionMultiplexer _connection = null!;

    public RedisCommandSpansTests(RedisFixture fixture)
    {
        _node = fixture.Redis.Nodes[0];
        _listener = new ActivityListener
        {
            ShouldListenTo = heard => heard == _source || heard.Name == RedisCommandSpans.Name,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span =>
            {
                _spans.Enqueue(span);
                _commands.OnEnd(span);
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _connection = await ConnectionMultiplexer.ConnectAsync(_node.ConnectionString);
        _commands.Watch(_connection, _node.Name);
    }

    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync();
        _listener.Dispose();
        _source.Dispose();
        _commands.Dispose();
    }

    [Fact]
    public async Task Every_command_of_a_request_is_a_span_that_says_which_node_was_asked()
    {
        using var request = _source.StartActivity("request", ActivityKind.Server)!;
        await _connection.GetDatabase().StringGetAsync("nothing").WaitAsync(Cancellation);
        await _connection.GetDatabase().ExecuteAsync("TYPE", "nothing").WaitAsync(Cancellation);
        request.Stop();

        var commands = _spans.Where(span => span.ParentSpanId == request.SpanId).ToArray();
        Assert.Equal(["GET", "TYPE"], commands.Select(command => command.OperationName));
        Assert.All(commands, command =>
        {
            Assert.Equal(ActivityKind.Client, command.Kind);
            Assert.Equal("redis", command.GetTagItem("db.system.name"));
            Assert.Equal(command.OperationName, command.GetTagItem("db.operation.name"));
            Assert.Equal("127.0.0.1", command.GetTagItem("server.address"));
            Assert.Equal(_node.Port, command.GetTagItem("server.port"));
            Assert.Equal(_node.Name, command.GetTagItem("peer.service"));
            Assert.True(command.Duration > TimeSpan.Zero);
        });
    }

    [Fact]
    public async Task What_has_a_clients_span_already_is_not_told_again()
    {
        using var request = _source.StartActivity("request", ActivityKind.Server)!;
        using (_source.StartActivity("look", ActivityKind.Client))
            await _connection.GetDatabase().StringGetAsync("nothing").WaitAsync(Cancellation);
        request.Stop();

        Assert.Equal(["look", "request"], _spans.Where(span => span.TraceId == request.TraceId).Select(span => span.OperationName));
    }

    [Fact]
    public async Task Commands_that_belong_to_no_request_have_no_span()
    {
        // Whatever runs around the test is no request.
        Activity.Current = null;

        await _connection.GetDatabase().StringGetAsync("nothing").WaitAsync(Cancellation);

        // Other tests' requests may be heard as well.
        Assert.DoesNotContain(_spans, span => span.ParentSpanId == default);
    }
}
