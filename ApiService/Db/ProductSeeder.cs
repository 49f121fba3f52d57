using System.Text.Json;

namespace RedisAspire.ApiService.Db;

/// <summary>Fills the catalogue with the sample products.</summary>
internal sealed class ProductSeeder(ProductWriter writer, IOptions<DbOptions> options)
{
    private readonly Lazy<Product[]> _products = new(Read);

    /// <summary>Writes the products that are missing. Other instances may do the same at the same time.</summary>
    public async Task<SeedResponse> SeedAsync()
    {
        var products = _products.Value;
        var receipts = await Task.WhenAll(products.Select(product => writer.WriteAsync(ProductWrite.Save(product, WriteCondition.IsNew))));
        var added = receipts.Count(receipt => receipt.Outcome == WriteOutcome.Created);
        var replicas = receipts.Min(receipt => receipt.AcknowledgedReplicas);
        var isDurable = replicas >= options.Value.MinimumReplicas;
        return new SeedResponse(added, products.Length - added, replicas, isDurable, isDurable ? null : ProductMapping.Warning(replicas, options.Value.MinimumReplicas));
    }

    private static Product[] Read()
    {
        using var json = typeof(ProductSeeder).Assembly.GetManifestResourceStream("seed-products.json")!;
        return JsonSerializer.Deserialize<Product[]>(json, JsonSerializerOptions.Web)!;
    }
}

/// <summary>Fills an empty catalogue, as soon as there is a master.</summary>
internal sealed partial class SeedOnStart(
    ProductSeeder seeder, RedisTopology topology, RedisMaster master, IOptions<DbOptions> options, ILogger<SeedOnStart> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.Seed)
            return;

        await foreach (var _ in topology.WatchAsync(stoppingToken))
        {
            if (await TrySeedAsync(stoppingToken))
                return;
        }
    }

    private async Task<bool> TrySeedAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (!master.TryGetDatabase(out var database))
                return false;
            if (await database.SetLengthAsync(CatalogueKeys.Products).WaitAsync(options.Value.OperationTimeout, cancellationToken) == 0)
                LogOutcome(await seeder.SeedAsync());
            return true;
        }
        catch (Exception failure) when (RedisFailure.IsWrongType(failure))
        {
            LogForeign(failure);
            return true;
        }
        catch (Exception failure) when (RedisErrors.IsFailure(failure, cancellationToken))
        {
            LogNotYet(failure);
            return false;
        }
    }

    private void LogOutcome(SeedResponse seeded)
    {
        if (seeded.Kept == 0)
            LogSeeded(seeded.Added);
        else if (seeded.Added == 0)
            LogSeededElsewhere(seeded.Kept);
        else
            LogSeededTogether(seeded.Added, seeded.Kept);
    }

    [LoggerMessage(LogLevel.Information, "The catalogue was empty. {Count} products were added.")]
    private partial void LogSeeded(int count);

    [LoggerMessage(LogLevel.Information, "The catalogue was empty. Another instance has added {Count} products meanwhile.")]
    private partial void LogSeededElsewhere(int count);

    [LoggerMessage(LogLevel.Information, "The catalogue was empty. This instance has added {Count} products, and another instance {Others}.")]
    private partial void LogSeededTogether(int count, int others);

    [LoggerMessage(LogLevel.Warning, "The catalogue is not filled, because another client has stored something else at one of its keys.")]
    private partial void LogForeign(Exception failure);

    [LoggerMessage(LogLevel.Debug, "The catalogue could not be filled. The next change of the topology starts another attempt.")]
    private partial void LogNotYet(Exception failure);
}
