using System.ComponentModel.DataAnnotations;

namespace RedisAspire.ApiService.Db;

/// <summary><c>/api/db/consistency</c> and <c>/api/db/seed</c>: checks, repairs and fills the catalogue.</summary>
internal static class CatalogueEndpoints
{
    private const int DefaultLimit = 100;
    private const int MaximumLimit = 1000;

    private static DriftResponse Example { get; } = new("prod1", ["db:category:electronics lacks it", "db:products:by_price has another price"]);

    public static void MapMaintenance(this IEndpointRouteBuilder catalogue)
    {
        catalogue.MapGet("/consistency", CheckAsync)
            .Describe("CheckCatalogue", "Compares every product with its indexes.",
                $"Lists up to {DefaultLimit} products that differ, or `limit`, at most {MaximumLimit}, and then stops.")
            .ProducesValidationProblem()
            .WithResponseExample(new ConsistencyResponse(Consistent: false, Complete: true, 50, [Example], ProductResponse.RedisDb, "redis-master"));

        catalogue.MapPost("/consistency/repair", RepairAsync)
            .Describe("RepairCatalogue", "Repairs the indexes; the products themselves stay as they are.")
            .WithResponseExample(new RepairResponse(1, [Example], ProductResponse.RedisDb, "redis-master"))
            .RequireAdminKey();

        catalogue.MapPost("/seed", SeedAsync)
            .Describe("SeedCatalogue", "Adds those of the first fifty products that are missing.")
            .Produces<SeedResponse>()
            .Produces<SeedResponse>(StatusCodes.Status202Accepted)
            .WithResponseExample(new SeedResponse(3, 47, 1, Durable: true, Explanation: null))
            .RequireAdminKey();
    }

    private static async Task<Ok<ConsistencyResponse>> CheckAsync(
        ConsistencyChecker checker, RedisMaster master, RedisTopology topology, IOptions<DbOptions> options, CancellationToken cancellationToken,
        [Range(1, MaximumLimit, ErrorMessage = "The answer lists 1 to 1000 products.")] int limit = DefaultLimit)
    {
        var products = await master.ExecuteAsync(database => database.SetLengthAsync(CatalogueKeys.Products), options.Value.OperationTimeout, cancellationToken);
        var drifts = new Dictionary<string, DriftResponse>(StringComparer.Ordinal);
        await foreach (var drift in checker.CompareAsync(repair: false, cancellationToken))
        {
            if (drifts.Count == limit && !drifts.ContainsKey(drift.Id))
                return Answer(isComplete: false);
            drifts[drift.Id] = drifts.TryGetValue(drift.Id, out var known) ? known with { Problems = [.. known.Problems.Union(drift.Problems, StringComparer.Ordinal)] } : drift;
        }

        return Answer(isComplete: true);

        Ok<ConsistencyResponse> Answer(bool isComplete) =>
            TypedResults.Ok(new ConsistencyResponse(drifts.Count == 0, isComplete, products, drifts.Values, ProductResponse.RedisDb, topology.Snapshot.Master));
    }

    private static async Task<Ok<RepairResponse>> RepairAsync(ConsistencyChecker checker, RedisTopology topology, CancellationToken cancellationToken)
    {
        var repaired = 0L;
        var first = new List<DriftResponse>();
        await foreach (var drift in checker.CompareAsync(repair: true, cancellationToken))
        {
            repaired++;
            if (first.Count < DefaultLimit)
                first.Add(drift);
        }

        return TypedResults.Ok(new RepairResponse(repaired, first, ProductResponse.RedisDb, topology.Snapshot.Master));
    }

    private static async Task<IResult> SeedAsync(ProductSeeder seeder)
    {
        var answer = await seeder.SeedAsync();
        return answer.Durable ? TypedResults.Ok(answer) : TypedResults.Accepted((string?)null, answer);
    }
}
