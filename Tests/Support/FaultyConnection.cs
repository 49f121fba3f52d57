using System.Reflection;
using StackExchange.Redis;

namespace RedisAspire.Tests.Support;

/// <summary>A connection whose commands all fail, or are answered nothing, as a client's may when its socket is lost at the wrong moment.</summary>
public class FaultyConnection : DispatchProxy
{
    private IConnectionMultiplexer _connection = null!;
    private IDatabase _database = null!;

    /// <summary>Puts it before a connection.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="failure">What every command throws; <see langword="null"/> when it is answered nothing.</param>
    public static IConnectionMultiplexer Before(IConnectionMultiplexer connection, Exception? failure)
    {
        var proxy = Create<IConnectionMultiplexer, FaultyConnection>();
        var faulty = (FaultyConnection)(object)proxy;
        faulty._connection = connection;
        faulty._database = FaultyDatabase.With(failure);
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
        private static readonly MethodInfo Answering = typeof(FaultyDatabase).GetMethod(nameof(AnswerAsync), BindingFlags.Static | BindingFlags.NonPublic)!;

        private Exception? _failure;

        internal static IDatabase With(Exception? failure)
        {
            var database = Create<IDatabase, FaultyDatabase>();
            ((FaultyDatabase)(object)database)._failure = failure;
            return database;
        }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
            Answering.MakeGenericMethod(targetMethod!.ReturnType.GenericTypeArguments).Invoke(null, [_failure]);

        private static Task<T?> AnswerAsync<T>(Exception? failure) => failure switch
        {
            null => Task.FromResult<T?>(default),
            OperationCanceledException => Task.FromCanceled<T?>(new CancellationToken(canceled: true)),
            _ => Task.FromException<T?>(failure),
        };
    }
}
