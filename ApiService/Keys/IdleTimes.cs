using System.Collections.Concurrent;

namespace RedisAspire.ApiService.Keys;

/// <summary>
/// How long keys have not been used, apart from what this instance has read of them: reading a value resets the time that
/// Redis keeps, and Redis can leave a connection's reads out since version 7.2 only. A use in the same two seconds as a
/// read is not seen.
/// </summary>
internal sealed class IdleTimes(TimeProvider time)
{
    // The oldest reads are forgotten all at once, which costs nothing but an idle time that begins anew.
    private const int Maximum = 10_000;

    // Redis keeps the time in full seconds.
    private const double Resolution = 2;

    private readonly ConcurrentDictionary<(string Node, string Key), (long ReadAt, long IdleSeconds)> _reads = [];

    /// <summary>How long a key has not been used by anybody else, of what Redis says.</summary>
    public long? WithoutReads(string node, byte[] key, long? seconds)
    {
        if (seconds is null || !_reads.TryGetValue((node, KeyNotation.Write(key)), out var read))
            return seconds;
        var sinceRead = time.GetElapsedTime(read.ReadAt).TotalSeconds;
        return seconds + Resolution >= sinceRead ? read.IdleSeconds + (long)sinceRead : seconds;
    }

    /// <summary>Remembers a read, before which the key had not been used for so long.</summary>
    public void Read(string node, byte[] key, long? seconds)
    {
        if (seconds is null)
            return;
        if (_reads.Count >= Maximum)
            _reads.Clear();
        _reads[(node, KeyNotation.Write(key))] = (time.GetTimestamp(), seconds.Value);
    }
}
