namespace RedisAspire.Tests.Reliability;

/// <summary>Lets something happen while data is asked for and products are written, and tells what it cost.</summary>
internal sealed class Drill : IAsyncDisposable
{
    private static readonly TimeSpan Margin = TimeSpan.FromMilliseconds(250);

    // What a request may take. When the master is lost in the middle of a fill, an instance that waited for another one
    // calls its own source after all.
    private static readonly TimeSpan Limit = DrillFixture.Source + Margin;
    private static readonly TimeSpan LimitOfWaiting = (2 * DrillFixture.Source) + Margin;

    private static readonly TimeSpan Before = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan After = TimeSpan.FromSeconds(1);

    private readonly DrillFixture _fixture;

    private Drill(DrillFixture fixture, bool isMasterLost)
    {
        _fixture = fixture;
        Load = new LoadGenerator([.. fixture.Apis.Select(api => api.Url)], fixture.Web.Url, fixture.Undisturbed, Limit, isMasterLost ? LimitOfWaiting : Limit);
        Catalogue = new CatalogueWriter(fixture.Apis[0].Url);
    }

    public LoadGenerator Load { get; }

    public CatalogueWriter Catalogue { get; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Runs a drill on whole nodes, and repairs them after it.</summary>
    /// <param name="fixture">The application.</param>
    /// <param name="fault">What happens; it ends when what it does to the application is over.</param>
    /// <param name="isMasterLost">Whether what happens takes the master away.</param>
    public static async Task<Drill> RunAsync(DrillFixture fixture, Func<Drill, Task> fault, bool isMasterLost = true)
    {
        await fixture.RestoreAsync();
        var drill = new Drill(fixture, isMasterLost);
        try
        {
            drill.Load.Start();
            drill.Catalogue.Start();
            await Task.Delay(Before, Cancellation);
            await fault(drill);
            await drill.WrittenAgainAsync();
            await Task.Delay(After, Cancellation);
            await drill.Load.StopAsync();
            await drill.Catalogue.StopAsync();
            return drill;
        }
        catch
        {
            await drill.DisposeAsync();
            throw;
        }
    }

    /// <summary>Nobody was left without an answer, or waited for anything but the source, and nothing that a replica had is lost.</summary>
    public async Task AssertUnharmedAsync(ITestOutputHelper output)
    {
        output.WriteLine($"{Load}; {Catalogue}");
        Assert.True(Load.Failures.Count == 0, $"{Load}\n{string.Join('\n', Load.Failures.Take(20))}");
        Assert.True(Load.SlowAnswers.Count == 0, $"{Load}\n{string.Join('\n', Load.SlowAnswers.Take(20))}");
        // What was asked must be worth something.
        Assert.True(Load.Answers > 300, $"{Load}");
        Assert.True(Catalogue.Durable > 20, $"{Catalogue}");
        await _fixture.RestoreAsync();
        Assert.Empty(await Catalogue.FindLostAsync(Cancellation));
    }

    public async ValueTask DisposeAsync()
    {
        await Load.DisposeAsync();
        await Catalogue.DisposeAsync();
    }

    private Task WrittenAgainAsync()
    {
        var now = Catalogue.Now;
        return Support.Eventually.HoldsAsync("products are written again", () => Catalogue.LastSuccessBegan > now);
    }
}
