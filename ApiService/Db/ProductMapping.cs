using System.ComponentModel.DataAnnotations;
using System.Text;
using System.Text.Json;

namespace RedisAspire.ApiService.Db;

internal static class ProductMapping
{
    private const int MaximumFeatureLength = 100;

    public static ProductRequest ToRequest(this Product product) => new(product.Name, product.Price, product.Category, product.InStock, product.Features);

    /// <summary>The product, which gets its version when it is written.</summary>
    public static Product ToProduct(this ProductRequest request, string id) =>
        new(id, request.Name, decimal.Round(request.Price, 2), request.Category, request.InStock, request.Features ?? []);

    public static ProductWriteResponse ToResponse(this WriteReceipt receipt, Product? data, int minimumReplicas)
    {
        var isDurable = receipt.AcknowledgedReplicas >= minimumReplicas;
        return new ProductWriteResponse(data, ProductResponse.RedisDb, receipt.Node, receipt.AcknowledgedReplicas, isDurable, isDurable ? null : Warning(receipt.AcknowledgedReplicas, minimumReplicas));
    }

    public static string Warning(int acknowledgedReplicas, int minimumReplicas) =>
        $"Only {acknowledgedReplicas} of {minimumReplicas} replicas have the write yet: it may be lost if the master fails before a replica has it.";

    /// <summary>The errors of what a client sent, or of what a patch made of the product, by the name of the member. Without an id the product gets a new one.</summary>
    public static Dictionary<string, string[]> Check(this ProductRequest request, string? id = null)
    {
        // The framework has validated bodies of POST and PUT, but not the result of a patch.
        var faults = new List<ValidationResult>();
        Validator.TryValidateObject(request, new ValidationContext(request), faults, validateAllProperties: true);
        var errors = faults.ToDictionary(fault => JsonNamingPolicy.CamelCase.ConvertName(fault.MemberNames.Single()), fault => new[] { fault.ErrorMessage! }, StringComparer.Ordinal);
        if (request.Id is not null && request.Id != id)
            errors["id"] = [id is null ? "The API chooses it, and it cannot be given." : "It is that of the address."];
        if (request.Version is not null && request.Id is null)
            errors["version"] = ["It cannot be set."];
        if (decimal.Round(request.Price, 2) != request.Price)
            errors["price"] = ["A price is a number from 0 to 1,000,000 with at most two decimals."];
        if (request.Features?.Any(feature => string.IsNullOrWhiteSpace(feature) || feature.Length > MaximumFeatureLength || feature.EnumerateRunes().Any(Rune.IsControl)) == true)
            errors["features"] = [$"A feature has 1 to {MaximumFeatureLength} characters, no control characters, and not only spaces."];
        return errors;
    }
}

/// <summary>A JSON merge patch of a product (RFC 7396). No member of a product is an object, so that each is replaced or removed entirely.</summary>
internal static class ProductPatch
{
    /// <summary>The request for the changed product; <see langword="null"/> when it would be none. The errors are by member, where a member is at fault.</summary>
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
        // Text that is no valid Unicode is detected only when it is read.
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
