namespace RedisAspire.AppHost;

/// <summary>Compiled instead of the app host when the NuGet feed carries no Aspire packages.</summary>
internal static class WithoutAspire
{
    private static async Task<int> Main()
    {
        await Console.Error.WriteLineAsync(
            "The Aspire app host needs the Aspire packages, which this NuGet feed does not carry: start the same application with ./run instead.");
        return 1;
    }
}
