using System.Text;
using RedisAspire.ApiService.Commands;
using RedisAspire.ApiService.Keys;

namespace RedisAspire.ApiService.Console;

/// <summary>Runs a command on a node, if that is allowed.</summary>
internal sealed class ConsoleRunner(ConsoleCommands commands, ReservedKeys reserved, CommandSampler sampler, RedisTopology topology, IOptions<KeyOptions> options, TimeProvider time)
{
    private const long MaximumKeyBytes = 4 * 1024 * 1024;

    private const string TooLarge =
        "It may return or go through more than 4 MB. Read a part: with indexes from 0 on of at most 1000 elements, with COUNT or LIMIT, or with a scan.";

    private static readonly string[] WriteFlags = ["OW", "RW", "RM"];

    private static readonly string[] Keyless = ["no key arguments", "Invalid number of arguments", "Invalid arguments"];

    // Texts of several lines for a person.
    private static readonly string[] Raw = ["INFO"];

    public async Task<string?> RefusalForAsync(KeyNode node, ConsoleCommand command, byte[][] arguments, bool isAdmin, CancellationToken cancellationToken)
    {
        if (command.AsksTooMuch(arguments))
            return $"It asks for more than {ConsoleCommands.MaximumCount} elements at once.";

        var keys = await FindKeysAsync(node, arguments, cancellationToken);
        foreach (var (key, isWritten) in keys)
        {
            if (reserved.IsSecret(key))
                return ReservedKeys.SecretRefusal;
            if (reserved.IsOwn(key) && !isAdmin)
                return "The application's own keys (app:) are shown to operators only.";
            if (isWritten && reserved.IsReserved(key))
                return ReservedKeys.Refusal;
        }

        if (command.Size == "fields" && keys is [var (hash, _)])
            return await SumAsync(arguments.Skip(2), field => node.Database.ExecuteAsync("HSTRLEN", hash, field), cancellationToken) > MaximumKeyBytes ? TooLarge : null;
        return command.NeedsSmallKeys(arguments) && await SumAsync(keys.Select(key => key.Key), key => node.Database.ExecuteAsync("MEMORY", "USAGE", key), cancellationToken) > MaximumKeyBytes
            ? TooLarge
            : null;
    }

    /// <summary>Runs a command. The answer may be an error of Redis.</summary>
    public async Task<ConsoleResponse> RunAsync(KeyNode node, ConsoleCommand command, byte[][] arguments, bool isAdmin, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        // The client sends no write to a replica, which would answer this.
        if (command.IsWrite && topology.Snapshot.Master != node.Name)
            return Error("READONLY You can't write against a read only replica.");
        try
        {
            var reply = await node.Database.ExecuteAsync(Encoding.UTF8.GetString(arguments[0]), [.. arguments[1..]], CommandFlags.None).WaitAsync(options.Value.OperationTimeout, cancellationToken);
            var elapsed = time.GetElapsedTime(started);
            var text = new ConsoleReply(isAdmin ? reply : WithoutOwn(command, reply), Raw.Contains(command.Name, StringComparer.Ordinal));
            return Answer(text.Type, text.Text, text.IsTruncated, commands.MeaningOf(command), elapsed);
        }
        catch (RedisServerException error)
        {
            return Error(error.Message);
        }
        finally
        {
            Sample(node, arguments, time.GetElapsedTime(started));
        }

        ConsoleResponse Error(string message) => Answer("error", $"(error) {message}", false, commands.MeaningOf(message), time.GetElapsedTime(started));

        ConsoleResponse Answer(string type, string text, bool isTruncated, string meaning, TimeSpan elapsed) =>
            new(node.Name, command.Name, type, text, isTruncated, meaning, Math.Round(elapsed.TotalMilliseconds, 3));
    }

    // Everybody may watch, and the application's own keys are for operators only.
    private void Sample(KeyNode node, byte[][] arguments, TimeSpan took)
    {
        if (!Array.Exists(arguments, reserved.IsOwn))
            sampler.Add(node.Name, time.GetUtcNow() - took, arguments.Select(Encoding.UTF8.GetString), took);
    }

    // Redis itself knows which arguments are keys, and what is done to them.
    private async Task<List<(byte[] Key, bool IsWritten)>> FindKeysAsync(KeyNode node, byte[][] arguments, CancellationToken cancellationToken)
    {
        if (arguments.Length == 1)
            return [];
        try
        {
            var keys = (RedisResult[])(await node.Database.ExecuteAsync("COMMAND", ["GETKEYSANDFLAGS", .. arguments]).WaitAsync(options.Value.OperationTimeout, cancellationToken))!;
            return [.. keys.Select(key => (RedisResult[])key!).Select(key => ((byte[])key[0]!, ((string[])key[1]!).Intersect(WriteFlags, StringComparer.Ordinal).Any()))];
        }
        // The command has no keys, or its arguments are wrong, so that Redis refuses it. A node that cannot tell the keys runs nothing.
        catch (RedisServerException failure) when (Keyless.Any(reason => failure.Message.Contains(reason, StringComparison.Ordinal)))
        {
            return [];
        }
    }

    private async Task<long> SumAsync(IEnumerable<byte[]> items, Func<byte[], Task<RedisResult>> measure, CancellationToken cancellationToken)
    {
        try
        {
            var sizes = await Task.WhenAll(items.Select(measure)).WaitAsync(options.Value.OperationTimeout, cancellationToken);
            return sizes.Sum(size => size.IsNull ? 0 : (long)size);
        }
        // The key has another type. The command itself is answered with the same error.
        catch (RedisServerException)
        {
            return 0;
        }
    }

    private RedisResult WithoutOwn(ConsoleCommand command, RedisResult reply) => command.Name switch
    {
        "SCAN" when (RedisResult[]?)reply is [var cursor, var keys] => RedisResult.Create([cursor, RedisResult.Create(((RedisResult[])keys!).Where(key => !reserved.IsOwn((byte[])key!)).ToArray())]),
        "RANDOMKEY" when (byte[]?)reply is { } key && reserved.IsOwn(key) => RedisResult.Create(RedisValue.Null),
        _ => reply,
    };
}
