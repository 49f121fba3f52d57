using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace RedisAspire.ApiService.Keys;

/// <summary>Finds out what keys are, without reading their values.</summary>
internal sealed class KeyInspector(IOptions<KeyOptions> options)
{
    private const int BatchSize = 50;

    // One command for a batch, because three for each key would keep the service and the node busy with sending them.
    // Some nodes do not tell the memory.
    private const string Look =
        """
        local looks = {}
        for i, key in ipairs(KEYS) do
          local memory = redis.pcall('MEMORY', 'USAGE', key, 'SAMPLES', 1)
          looks[i] = { redis.call('TYPE', key)['ok'], redis.call('PTTL', key), type(memory) == 'number' and memory or -1 }
        end
        return looks
        """;

    /// <summary>Looks at keys, all in one round trip. Those that have gone meanwhile are left out.</summary>
    public async Task<KeyResponse[]> InspectAsync(IDatabase database, IEnumerable<byte[]> keys, CancellationToken cancellationToken)
    {
        var batches = keys.Chunk(BatchSize).Select(batch => LookAsync(database, batch)).ToArray();
        var found = await Task.WhenAll(batches).WaitAsync(options.Value.OperationTimeout, cancellationToken);
        return [.. found.SelectMany(batch => batch).Where(key => key.Type != "none")];
    }

    /// <summary>The time to live, in seconds, as <c>PTTL</c> says it.</summary>
    public static double? Seconds(RedisResult timeToLive) => NotNegative(timeToLive) is { } milliseconds ? Math.Round(milliseconds / 1000d, 3) : null;

    private static async Task<KeyResponse[]> LookAsync(IDatabase database, byte[][] keys)
    {
        var looks = (RedisResult[])(await database.ScriptEvaluateAsync(Look, Array.ConvertAll(keys, key => (RedisKey)key)))!;
        return [.. keys.Zip(looks.Select(look => (RedisResult[])look!), (key, look) =>
            new KeyResponse(KeyNotation.Write(key), (string)look[0]!, Seconds(look[1]), NotNegative(look[2])))];
    }

    private static long? NotNegative(RedisResult number) => (long)number is >= 0 and var value ? value : null;
}
