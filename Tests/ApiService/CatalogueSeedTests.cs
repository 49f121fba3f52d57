using System.Net;
using System.Text.Json;
using RedisAspire.RedisProcesses;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.ApiService;

// Every test has nodes of its own, because it begins with an empty catalogue.
public sealed class CatalogueSeedTests : IAsyncLifetime
{
    private static readonly (string, string?)[] Seeding = [("Db:Seed", "true"), ("Db:ReplicationTimeout", "00:00:05")];

    private readonly RedisFixture _fixture = new();

    private RedisServer Master => _fixture.Redis.Master;

    public ValueTask InitializeAsync() => _fixture.InitializeAsync();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task Two_instances_that_start_at_once_fill_an_empty_catalogue_with_fifty_products_in_six_categories()
    {
        await using var one = await ApiFactory.StartAsync(_fixture.Redis, Seeding);
        await using var other = await ApiFactory.StartAsync(_fixture.Redis, Seeding);
        using var http = one.CreateClient();

        await FilledAsync();

        Assert.Empty(await CatalogueDrift.FindAsync(Master));
        Assert.Equal(6, (await Master.ExecuteAsync("KEYS", "db:category:*")).Length);
        Assert.Equal(0, (long)await Master.ExecuteAsync("EXISTS", "db:category:"));
        var product = await new ProductClient(http).ReadAsync("prod1");
        Assert.Equal(("Smartphone Premium", 899.99m, "electronics"), (Text(product, "name"), product.GetProperty("price").GetDecimal(), Text(product, "category")));
        Assert.Equal(["5G", "HDR Display", "Water Resistant"], product.GetProperty("features").EnumerateArray().Select(feature => feature.GetString()));
    }

    [Fact]
    public async Task Products_that_are_added_would_be_accepted_from_a_client()
    {
        await using var api = await ApiFactory.StartAsync(_fixture.Redis, Seeding);
        var products = new ProductClient(api.CreateAdminClient());
        await FilledAsync();
        await _fixture.Redis.WaitForReplicasAsync();

        foreach (var item in (await products.ListAsync("limit=200")).GetProperty("items").EnumerateArray())
        {
            using var response = await products.PutAsync(Text(item, "id"), item.GetRawText());
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
    }

    [Fact]
    public async Task A_catalogue_that_is_not_empty_stays_as_it_is_until_it_is_asked_for()
    {
        await using (var before = await ApiFactory.StartAsync(_fixture.Redis))
            await new ProductClient(before.CreateAdminClient()).PutAsync("prod1", ProductClient.Body(name: "mine", price: "1"));
        await using var api = await ApiFactory.StartAsync(_fixture.Redis, Seeding);
        var products = new ProductClient(api.CreateAdminClient());
        Assert.Equal(1, (long)await Master.ExecuteAsync("SCARD", "db:products"));

        using var seeded = await products.PostAsync("/api/db/seed");
        using var again = await products.PostAsync("/api/db/seed");

        var answer = await ProductClient.JsonAsync(seeded);
        Assert.Equal((HttpStatusCode.OK, 49, 1), (seeded.StatusCode, answer.GetProperty("added").GetInt32(), answer.GetProperty("kept").GetInt32()));
        Assert.Equal(0, (await ProductClient.JsonAsync(again)).GetProperty("added").GetInt32());
        Assert.Equal("mine", Text(await products.ReadAsync("prod1"), "name"));
    }

    [Fact]
    public async Task A_master_that_comes_late_is_waited_for()
    {
        await Master.Process.KillAsync();
        await using var api = await ApiFactory.StartAsync(_fixture.Redis, Seeding);

        await _fixture.Redis.RestoreAsync();

        await FilledAsync();
    }

    private static string Text(JsonElement product, string property) => product.GetProperty(property).GetString()!;

    private Task FilledAsync() => Eventually.HoldsAsync("there are fifty products", async () => (long)await Master.ExecuteAsync("SCARD", "db:products") == 50);
}
