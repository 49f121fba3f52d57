using System.Globalization;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace RedisAspire.ApiService.Keys;

/// <summary>Finds out what keys are, without reading their values.</summary>
internal sealed class KeyInspector(IOptions<KeyOptions> options)
{
    /// <summary>Looks at keys, all in one round trip. Those that have gone meanwhile are left out.</summary>
    public async Task<KeyResponse[]> InspectAsync(IDatabase database, IEnumerable<byte[]> keys, CancellationToken cancellationToken)
    {
        var looks = keys.Select(key => LookAsync(database, key)).ToArray();
        var found = await Task.WhenAll(looks).WaitAsync(options.Value.OperationTimeout, cancellationToken);
        return [.. found.OfType<KeyResponse>()];
    }

    /// <summary>The time to live, in seconds, as <c>PTTL</c> says it.</summary>
    public static double? Seconds(RedisResult timeToLive) => (long)timeToLive is >= 0 and var milliseconds ? Math.Round(milliseconds / 1000d, 3) : null;

    /// <summary>What only some nodes tell, and not of every key.</summary>
    public static async Task<string?> TryAsync(Task<RedisResult> asking)
    {
        try
        {
            return (string?)await asking;
        }
        catch (RedisServerException)
        {
            return null;
        }
    }

    /// <inheritdoc cref="TryAsync"/>
    public static async Task<long?> TryNumberAsync(Task<RedisResult> asking) =>
        await TryAsync(asking) is { } text ? long.Parse(text, CultureInfo.InvariantCulture) : null;

    private static async Task<KeyResponse?> LookAsync(IDatabase database, byte[] key)
    {
        RedisKey name = key;
        var asking = database.ExecuteAsync("TYPE", name);
        var timeToLive = database.ExecuteAsync("PTTL", name);
        var memory = TryNumberAsync(database.ExecuteAsync("MEMORY", "USAGE", name, "SAMPLES", 1));

        await Task.WhenAll((Task)asking, timeToLive, memory);
        var type = (string)(await asking)!;
        return type == "none" ? null : new KeyResponse(KeyNotation.Write(key), type, Seconds(await timeToLive), await memory);
    }
}
