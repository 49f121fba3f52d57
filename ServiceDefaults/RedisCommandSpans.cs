using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Runtime.CompilerServices;
using OpenTelemetry;
using StackExchange.Redis;
using StackExchange.Redis.Profiling;

namespace RedisAspire.ServiceDefaults;

/// <summary>
/// Writes one span for every Redis command of a request, when the span ends in which the command was sent. Commands
/// without a request have no span: a service polls and subscribes all the time, and requests could not be found among
/// traces of one command each.
/// </summary>
internal sealed class RedisCommandSpans : BaseProcessor<Activity>
{
    public const string Name = "RedisAspire.Redis";

    private static readonly ActivitySource Source = new(Name);

    private readonly ConditionalWeakTable<Activity, ProfilingSession> _sessions = [];
    private readonly ConcurrentDictionary<EndPoint, string> _nodes = new();

    /// <summary>Traces the commands of a connection to one node from now on.</summary>
    public void Watch(IConnectionMultiplexer connection, string node)
    {
        foreach (var endpoint in connection.GetEndPoints(configuredOnly: true))
            _nodes[endpoint] = node;
        connection.RegisterProfiler(SessionOfSender);
    }

    public override void OnEnd(Activity data)
    {
        if (!_sessions.TryGetValue(data, out var session))
            return;

        _sessions.Remove(data);
        foreach (var command in session.FinishProfiling())
            WriteSpan(command, data.Context);
    }

    // Code that sends commands within a client span has recorded them itself.
    private ProfilingSession? SessionOfSender() => Activity.Current is { IsAllDataRequested: true, IsStopped: false, Kind: not ActivityKind.Client } sender
        ? _sessions.GetValue(sender, static _ => new ProfilingSession())
        : null;

    private void WriteSpan(IProfiledCommand command, ActivityContext parent)
    {
        using var activity = Source.StartActivity(command.Command, ActivityKind.Client, parent, startTime: new DateTimeOffset(command.CommandCreated));
        if (activity is null)
            return;

        activity.SetEndTime(command.CommandCreated + command.ElapsedTime);
        activity.SetTag("db.system.name", "redis");
        activity.SetTag("db.operation.name", command.Command);
        var (address, port) = command.EndPoint switch
        {
            IPEndPoint ip => (ip.Address.ToString(), ip.Port),
            DnsEndPoint name => (name.Host, name.Port),
            var other => (other.ToString(), default(int?)),
        };
        activity.SetTag("server.address", address);
        activity.SetTag("server.port", port);
        // The name of the node is more readable than its address, which trace viewers may map to another service.
        activity.SetTag("peer.service", _nodes.GetValueOrDefault(command.EndPoint));
    }
}
