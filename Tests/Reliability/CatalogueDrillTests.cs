using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using RedisAspire.RedisProcesses;
using RedisAspire.Tests.ApiService;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.Reliability;

/// <summary>Products are found by what they are, whatever clients do and whichever nodes die. Figures: docs/reliability.md.</summary>
[Trait("Category", "Long")]
[Collection(nameof(Undisturbed))]
public sealed class CatalogueDrillTests(SentinelFixture fixture, ITestOutputHelper output) : IClassFixture<SentinelFixture>
{
    private const int Clients = 4;

    // Ten thousand leave nothing to repair either; so many, with a node that dies after every 500, take two minutes.
    private static readonly int Operations = int.Parse(Environment.GetEnvironmentVariable("CATALOGUE_OPERATIONS") ?? "1000", CultureInfo.InvariantCulture);
    private static readonly int Kills = Math.Max(2, Operations / 500);
    private static readonly int OperationsPerKill = Operations / Clients / Kills;

    private RedisReplication Redis => fixture.Redis;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Products_and_indexes_agree_exactly_after_random_changes_while_nodes_were_killed()
    {
        await using var api = await ApiFactory.StartAsync(Redis);
        using var http = api.CreateAdminClient();
        var clients = Array.ConvertAll(new int[Clients], _ => new CatalogueClient(new ProductClient(http)));

        for (var kill = 0; kill < Kills; kill++)
        {
            await WorkAsync(clients, isMasterKilled: kill % 2 == 0, random: kill * Clients);
            await Redis.RestoreAsync();
        }

        var master = await Redis.CurrentMasterAsync();
        output.WriteLine($"{Operations} operations, {Kills} nodes killed; answers {CatalogueClient.Summarise(clients)}; {(long)await master.ExecuteAsync("SCARD", "db:products")} products are left");
        foreach (var node in Redis.Nodes)
        {
            await Eventually.HoldsAsync($"{node.Name} has all changes", async () => (string?)await node.ExecuteAsync("GET", "db:products:version") == (string?)await master.ExecuteAsync("GET", "db:products:version"));
            Assert.Empty(await CatalogueDrift.FindAsync(node));
        }

        await Eventually.HoldsAsync("the API has the master", async () =>
        {
            using var check = await http.GetAsync(new Uri("/api/db/consistency", UriKind.Relative), Cancellation);
            return check.StatusCode == HttpStatusCode.OK && (await check.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("consistent").GetBoolean();
        });
        Assert.Empty(clients.SelectMany(client => client.Unexpected));
        Assert.True(clients.Sum(client => client.Written) > Operations / 4, CatalogueClient.Summarise(clients));
        Assert.True((long)await master.ExecuteAsync("SCARD", "db:products") > 10);
    }

    // A node is killed when half of the operations are done; the others end when there is a master again.
    private async Task WorkAsync(CatalogueClient[] clients, bool isMasterKilled, int random)
    {
        var master = await Redis.CurrentMasterAsync();
        var victim = isMasterKilled ? master : Redis.Nodes.First(node => node != master);
        var half = clients.Sum(client => client.Done) + (Clients * OperationsPerKill / 2);
        var working = Task.WhenAll(clients.Select((client, i) => client.RunAsync(new Random(random + i), OperationsPerKill)));
        await Eventually.HoldsAsync("half of the operations are done", () => clients.Sum(client => client.Done) >= half);
        await victim.Process.KillAsync();
        await working;
    }
}
