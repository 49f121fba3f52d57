namespace RedisAspire.Benchmarks.Load;

/// <summary>
/// Chooses keys: each as often as any other, or by Zipf's law, where the key of rank k is chosen in proportion to 1 ÷ k^s. Much
/// that people ask for is like that with an s of about one.
/// </summary>
internal sealed class KeyChooser
{
    private readonly int _keys;
    private readonly double[]? _cumulative;

    /// <summary>Prepares it.</summary>
    /// <param name="keys">How many keys there are.</param>
    /// <param name="zipf">The exponent s; uniform without.</param>
    public KeyChooser(int keys, double? zipf)
    {
        _keys = keys;
        if (zipf is not { } exponent)
            return;
        _cumulative = new double[keys];
        var sum = 0d;
        for (var rank = 0; rank < keys; rank++)
            _cumulative[rank] = sum += Math.Pow(rank + 1, -exponent);
    }

    /// <summary>The number of the next key, from zero; by Zipf's law zero is the one that is chosen most.</summary>
    public int Next(Random random)
    {
        if (_cumulative is null)
            return random.Next(_keys);
        var index = Array.BinarySearch(_cumulative, random.NextDouble() * _cumulative[^1]);
        return Math.Min(index < 0 ? ~index : index, _keys - 1);
    }
}
