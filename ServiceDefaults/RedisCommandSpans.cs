using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Runtime.CompilerServices;
using OpenTelemetry;
using StackExchange.Redis;
using StackExchange.Redis.Profiling;

namespace RedisAspire.ServiceDefaults;

/// <summary>
/// One span for every Redis command that belongs to a request, once the span ends that it was sent in. Commands that
/// belong to none have no span: a service sends them all the time, to look and to listen, and no request could be found
/// among traces of one command each.
/// </summary>
internal sealed class RedisCommandSpans : BaseProcessor<Activity>
{
    public const string Name = "RedisAspire.Redis";

    private static readonly ActivitySource Source = new(Name);

    private readonly ConditionalWeakTable<Activity, ProfilingSession> _sessions = [];
    private readonly ConcurrentDictionary<EndPoint, string> _nodes = new();

    /// <summary>Has the commands of a connection told from now on.</summary>
    /// <param name="connection">The connection to one node.</param>
    /// <param name="node">The node's name.</param>
    public void Watch(IConnectionMultiplexer connection, string node)
    {
        foreach (var endpoint in connection.GetEndPoints(configuredOnly: true))
            _nodes[endpoint] = node;
        connection.RegisterProfiler(SessionOfSender);
    }

    public override void OnEnd(Activity data)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (!_sessions.TryGetValue(data, out var session))
            return;

        _sessions.Remove(data);
        foreach (var command in session.FinishProfiling())
            Tell(command, data.Context);
    }

    // Who sends a command in a client's span has told it already, in words of its own.
    private ProfilingSession? SessionOfSender() => Activity.Current is { IsAllDataRequested: true, IsStopped: false, Kind: not ActivityKind.Client } sender
        ? _sessions.GetValue(sender, static _ => new ProfilingSession())
        : null;

    private void Tell(IProfiledCommand command, ActivityContext parent)
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
        // Addresses look all alike, and what shows traces may know one by another name.
        activity.SetTag("peer.service", _nodes.GetValueOrDefault(command.EndPoint));
    }
}
