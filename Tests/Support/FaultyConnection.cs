using System.Reflection;
using StackExchange.Redis;

namespace RedisAspire.Tests.Support;

/// <summary>A connection whose commands all fail, as a client's may when its socket is lost at the wrong moment.</summary>
public class FaultyConnection : DispatchProxy
{
    private IConnectionMultiplexer _connection = null!;
    private IDatabase _database = null!;

    /// <summary>Puts it before a connection.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="failure">What every command throws.</param>
    public static IConnectionMultiplexer Before(IConnectionMultiplexer connection, Exception failure)
    {
        var proxy = Create<IConnectionMultiplexer, FaultyConnection>();
        var faulty = (FaultyConnection)(object)proxy;
        faulty._connection = connection;
        faulty._database = FaultyDatabase.With(connection, failure);
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => targetMethod!.Name switch
    {
        nameof(IConnectionMultiplexer.GetDatabase) => _database,
        _ => targetMethod.Invoke(_connection, args),
    };

    /// <summary>The commands of such a connection.</summary>
    public class FaultyDatabase : DispatchProxy
    {
        private static readonly MethodInfo Failing = typeof(FaultyDatabase).GetMethod(nameof(FailAsync), BindingFlags.Static | BindingFlags.NonPublic)!;

        private IConnectionMultiplexer _connection = null!;
        private Exception _failure = null!;

        internal static IDatabase With(IConnectionMultiplexer connection, Exception failure)
        {
            var database = Create<IDatabase, FaultyDatabase>();
            var faulty = (FaultyDatabase)(object)database;
            (faulty._connection, faulty._failure) = (connection, failure);
            return database;
        }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => targetMethod!.ReturnType.IsGenericType
            ? Failing.MakeGenericMethod(targetMethod.ReturnType.GenericTypeArguments).Invoke(null, [_failure])
            : _connection;

        private static Task<T> FailAsync<T>(Exception failure) => failure is OperationCanceledException
            ? Task.FromCanceled<T>(new CancellationToken(canceled: true))
            : Task.FromException<T>(failure);
    }
}
