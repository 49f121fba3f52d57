using System.Text;
using System.Text.Json;
using RedisAspire.ApiService.Problems;

namespace RedisAspire.ApiService.Db;

/// <summary>What clients give of products, and what they are answered.</summary>
internal static class ProductMapping
{
    /// <summary>The longest name, in characters.</summary>
    public const int MaximumNameLength = 200;

    /// <summary>The longest name of a category, in characters.</summary>
    public const int MaximumCategoryLength = 64;

    private const decimal MaximumPrice = 1_000_000;
    private const int MaximumFeatures = 20;
    private const int MaximumFeatureLength = 100;

    /// <summary>What a client would give to get the product as it is.</summary>
    public static ProductRequest ToRequest(this Product product) => new(product.Name, product.Price, product.Category, product.InStock, product.Features);

    /// <summary>The product, which gets its version when it is written.</summary>
    public static Product ToProduct(this ProductRequest request, string id) =>
        new(id, request.Name, decimal.Round(request.Price, 2), request.Category, request.InStock, request.Features ?? []);

    /// <summary>The answer to a write.</summary>
    /// <param name="receipt">What is known of the write.</param>
    /// <param name="data">What was written; nothing after it was deleted.</param>
    /// <param name="minimumReplicas">How many replicas have to have it.</param>
    public static ProductWriteResponse ToResponse(this WriteReceipt receipt, Product? data, int minimumReplicas)
    {
        var isDurable = receipt.AcknowledgedReplicas >= minimumReplicas;
        return new ProductWriteResponse(data, ProductResponse.RedisDb, receipt.Node, receipt.AcknowledgedReplicas, isDurable, isDurable ? null : Warning(receipt.AcknowledgedReplicas, minimumReplicas));
    }

    /// <summary>What it means that too few replicas have a write.</summary>
    public static string Warning(int acknowledgedReplicas, int minimumReplicas) =>
        $"Only {acknowledgedReplicas} of {minimumReplicas} replicas have it yet: it may be lost if the master is lost before a replica has it.";

    /// <summary>Says what is wrong, by the name of the member.</summary>
    /// <param name="request">What a client gave.</param>
    /// <param name="id">The id in the address; <see langword="null"/> when one is made up.</param>
    public static Dictionary<string, string[]> Check(this ProductRequest request, string? id = null)
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        Note("name", FaultOf(request.Name, MaximumNameLength));
        Note("id", request.Id is null || request.Id == id ? null : id is null ? "It is made up, and cannot be given." : "It is that of the address.");
        Note("version", request.Version is null || request.Id is not null ? null : "It cannot be set.");
        Note("category", FaultOf(request.Category, MaximumCategoryLength));
        if (request.Price is < 0 or > MaximumPrice || decimal.Round(request.Price, 2) != request.Price)
            Note("price", FormattableString.Invariant($"A price is a number from 0 to {MaximumPrice:N0} with at most two decimals."));
        Note("features", request.Features?.Count > MaximumFeatures
            ? $"There are at most {MaximumFeatures} features."
            : request.Features?.Select(feature => FaultOf(feature, MaximumFeatureLength)).FirstOrDefault(fault => fault is not null));
        return errors;

        void Note(string member, string? fault)
        {
            if (fault is not null)
                errors[member] = [fault];
        }
    }

    private static string? FaultOf(string? text, int maximumLength)
    {
        if (string.IsNullOrWhiteSpace(text) || text.Length > maximumLength)
            return $"It has 1 to {maximumLength} characters, and not only spaces.";
        return text.EnumerateRunes().Any(Rune.IsControl) ? "It has no control characters." : null;
    }
}

/// <summary>A JSON merge patch of a product (RFC 7396). No member of a product is an object, so that each is replaced or removed as a whole.</summary>
internal static class ProductPatch
{
    /// <summary>Merges a patch into a product.</summary>
    /// <param name="patch">What is different.</param>
    /// <param name="product">The product as it is.</param>
    /// <param name="options">How bodies are read.</param>
    /// <param name="errors">What is wrong, where it can be said of a member.</param>
    /// <returns>What the product is to be; <see langword="null"/> when that is none.</returns>
    public static ProductRequest? TryApply(JsonElement patch, Product product, JsonSerializerOptions options, out Dictionary<string, string[]> errors)
    {
        errors = [];
        if (patch.ValueKind != JsonValueKind.Object)
            return null;
        try
        {
            var merged = JsonSerializer.SerializeToNode(product.ToRequest(), options)!.AsObject();
            foreach (var member in patch.EnumerateObject())
            {
                if (member.Value.ValueKind == JsonValueKind.Null)
                    merged.Remove(member.Name);
                else
                    merged[member.Name] = JsonSerializer.SerializeToNode(member.Value, options);
            }

            return merged.Deserialize<ProductRequest>(options);
        }
        catch (JsonException wrong) when (wrong.Path is { Length: > 1 })
        {
            errors = BodyErrors.In(wrong, options.GetTypeInfo(typeof(ProductRequest)));
            return null;
        }
        // Text that is no Unicode is met only when it is read.
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
