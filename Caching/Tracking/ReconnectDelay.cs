namespace RedisAspire.Caching.Tracking;

/// <summary>The pauses between attempts to connect: they double, and are spread so that clients do not come back all at once.</summary>
internal sealed class ReconnectDelay(TimeSpan first, TimeSpan maximum)
{
    private int _doublings;

    public TimeSpan Next()
    {
        var pause = first * Math.Pow(2, _doublings);
        if (pause < maximum)
            _doublings++;
        else
            pause = maximum;
        return pause * (0.75 + (Random.Shared.NextDouble() / 4));
    }

    /// <summary>Begins with the shortest pause again.</summary>
    public void Reset() => _doublings = 0;
}
