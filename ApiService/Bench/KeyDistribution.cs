namespace RedisAspire.ApiService.Bench;

/// <summary>Chooses keys by their number: all alike, or the n-th most popular one with a probability of 1/n.</summary>
internal sealed class KeyDistribution
{
    private readonly int _keys;
    private readonly double[]? _cumulative;

    public KeyDistribution(int keys, bool isZipf)
    {
        _keys = keys;
        if (!isZipf)
            return;

        _cumulative = new double[keys];
        var sum = 0.0;
        for (var i = 0; i < keys; i++)
            _cumulative[i] = sum += 1.0 / (i + 1);
    }

    /// <summary>The number of the next key, from 0 on.</summary>
    public int Next(Random random)
    {
        if (_cumulative is null)
            return random.Next(_keys);

        var at = Array.BinarySearch(_cumulative, random.NextDouble() * _cumulative[^1]);
        return at < 0 ? ~at : at;
    }
}
