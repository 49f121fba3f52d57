using System.Globalization;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.Reliability;

/// <summary>What a replica has acknowledged survives the death of the master. MASTER_KILLS says how many die; 2 by default.</summary>
[Collection(nameof(Undisturbed))]
public sealed class DurabilityTests(DrillFixture fixture, ITestOutputHelper output) : IClassFixture<DrillFixture>
{
    private static readonly int Kills = int.Parse(Environment.GetEnvironmentVariable("MASTER_KILLS") ?? "2", CultureInfo.InvariantCulture);

    [Fact]
    public async Task No_acknowledged_product_is_lost_whenever_the_master_is_killed()
    {
        var random = new Random();
        await using var catalogue = new CatalogueWriter(fixture.Application.Apis[1].Url);
        catalogue.Start();
        for (var i = 0; i < Kills; i++)
        {
            await fixture.RestoreAsync();
            await Task.Delay(random.Next(200, 1500), TestContext.Current.CancellationToken);
            var acknowledged = catalogue.Durable;
            await (await fixture.MasterAsync()).Process.KillAsync();
            await Eventually.HoldsAsync("products are acknowledged again", () => catalogue.Durable > acknowledged + 20, TimeSpan.FromSeconds(30));
            Assert.Empty(await catalogue.FindLostAsync(TestContext.Current.CancellationToken));
        }

        await catalogue.StopAsync();
        await fixture.RestoreAsync();
        output.WriteLine($"{Kills} masters killed: {catalogue}");
        Assert.Empty(await catalogue.FindLostAsync(TestContext.Current.CancellationToken));
    }
}
