using System.Reflection;
using StackExchange.Redis;

namespace RedisAspire.Tests.Support;

/// <summary>A connection whose client gives commands up by itself, as it does when a socket is lost at the wrong moment.</summary>
public class CancellingConnection : DispatchProxy
{
    private IConnectionMultiplexer _connection = null!;

    /// <summary>Puts it before a connection.</summary>
    /// <param name="connection">The connection.</param>
    public static IConnectionMultiplexer Before(IConnectionMultiplexer connection)
    {
        var proxy = Create<IConnectionMultiplexer, CancellingConnection>();
        ((CancellingConnection)(object)proxy)._connection = connection;
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => targetMethod!.Name switch
    {
        nameof(IConnectionMultiplexer.GetDatabase) => Create<IDatabase, CancellingDatabase>(),
        _ => targetMethod.Invoke(_connection, args),
    };

    /// <summary>The commands of such a connection.</summary>
    public class CancellingDatabase : DispatchProxy
    {
        private static readonly MethodInfo FromCanceled = typeof(Task).GetMethods().Single(method => method is { Name: nameof(Task.FromCanceled), IsGenericMethod: true });

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
            FromCanceled.MakeGenericMethod(targetMethod!.ReturnType.GenericTypeArguments).Invoke(null, [new CancellationToken(canceled: true)]);
    }
}
