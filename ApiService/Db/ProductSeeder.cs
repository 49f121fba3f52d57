using System.Text.Json;
using Microsoft.Extensions.Options;
using RedisAspire.ApiService.Problems;
using RedisAspire.Caching.Topology;

namespace RedisAspire.ApiService.Db;

/// <summary>Fills the catalogue with products to look at.</summary>
internal sealed class ProductSeeder(ProductWriter writer, IOptions<DbOptions> options)
{
    private readonly Lazy<Product[]> _products = new(Read);

    /// <summary>Writes those that are missing. Others that do the same meanwhile do no harm.</summary>
    /// <exception cref="ProductWriteException">One could not be written, or perhaps only its answer was lost.</exception>
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
                Tell(await seeder.SeedAsync());
            return true;
        }
        catch (Exception failure) when (RedisFailure.IsWrongType(failure is ProductWriteException ? failure.InnerException! : failure))
        {
            LogForeign(failure);
            return true;
        }
        catch (Exception failure) when (RedisErrors.IsFailureOfCommand(failure, cancellationToken))
        {
            LogNotYet(failure);
            return false;
        }
    }

    private void Tell(SeedResponse seeded)
    {
        if (seeded.Kept == 0)
            LogSeeded(seeded.Added);
        else if (seeded.Added == 0)
            LogSeededElsewhere(seeded.Kept);
        else
            LogSeededTogether(seeded.Added, seeded.Kept);
    }

    [LoggerMessage(LogLevel.Information, "The catalogue was empty: {Count} products were added.")]
    private partial void LogSeeded(int count);

    [LoggerMessage(LogLevel.Information, "The catalogue was empty: another instance has added its {Count} products meanwhile.")]
    private partial void LogSeededElsewhere(int count);

    [LoggerMessage(LogLevel.Information, "The catalogue was empty: {Count} products were added here, and {Others} by another instance meanwhile.")]
    private partial void LogSeededTogether(int count, int others);

    [LoggerMessage(LogLevel.Warning, "The catalogue is not filled: another client keeps something else at one of its keys.")]
    private partial void LogForeign(Exception failure);

    [LoggerMessage(LogLevel.Debug, "The catalogue could not be filled yet.")]
    private partial void LogNotYet(Exception failure);
}
