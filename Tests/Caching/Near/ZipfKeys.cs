namespace RedisAspire.Tests.Caching.Near;

/// <summary>Keys as applications ask for them: the n-th most popular one with a probability of 1/n to some power.</summary>
internal static class ZipfKeys
{
    public static string[] Draw(int universe, double exponent, int count, int seed)
    {
        var keys = new string[universe];
        var cumulative = new double[universe];
        var sum = 0.0;
        for (var i = 0; i < universe; i++)
        {
            keys[i] = $"key:{i}";
            cumulative[i] = sum += 1 / Math.Pow(i + 1, exponent);
        }

        var random = new Random(seed);
        var drawn = new string[count];
        for (var i = 0; i < count; i++)
        {
            var at = Array.BinarySearch(cumulative, random.NextDouble() * sum);
            drawn[i] = keys[at < 0 ? ~at : at];
        }

        return drawn;
    }
}
