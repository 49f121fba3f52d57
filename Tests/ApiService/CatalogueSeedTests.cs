using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RedisAspire.ApiService.Db;
using RedisAspire.RedisProcesses;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.ApiService;

// Every test has nodes of its own, because it begins with an empty catalogue.
public sealed class CatalogueSeedTests : IAsyncLifetime
{
    // Many tests share few cores: a replica that is slow here has still to be waited for.
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

    [Theory]
    [InlineData(0, "The catalogue was empty. 50 products were added.")]
    [InlineData(20, "The catalogue was empty. This instance has added 30 products, and another instance 20.")]
    [InlineData(50, "The catalogue was empty. Another instance has added 50 products meanwhile.")]
    public async Task It_is_said_who_has_filled_the_catalogue(int elsewhere, string sentence)
    {
        await using (var other = await ApiFactory.StartAsync(_fixture.Redis, Seeding))
            await FilledAsync();
        // As it appeared to an instance that came before the other had begun: no product, and then some of them.
        await Master.ExecuteAsync("DEL", "db:products");
        await Master.ExecuteAsync("EVAL", "for _, key in ipairs({unpack(redis.call('KEYS', 'db:product:*'), ARGV[1] + 1)}) do redis.call('DEL', key) end", 0, elsewhere);
        var log = new RecordingLogger(LogLevel.Information);

        await using var api = await ApiFactory.StartAsync(_fixture.Redis, services =>
        {
            services.Configure<DbOptions>(options => options.Seed = true);
            services.AddLogging(logging => logging.AddProvider(log));
        });

        await Eventually.HoldsAsync(sentence, () => log.Lines.Contains(sentence));
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
