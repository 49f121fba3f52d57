using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace RedisAspire.Contracts;

/// <summary>A product of the catalogue, in Redis and in answers alike.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name.</param>
/// <param name="Price">Its price.</param>
/// <param name="Category">Its category.</param>
/// <param name="InStock">Whether it is in stock.</param>
/// <param name="Features">Its features.</param>
/// <param name="Version">Its version, which is its <c>ETag</c>. Every change gets a new one.</param>
public sealed record Product(
    string Id,
    string Name,
    decimal Price,
    string Category,
    [property: JsonPropertyName("in_stock")] bool InStock,
    IReadOnlyList<string> Features,
    [property: JsonPropertyOrder(1)] long Version = 0);

/// <summary>A product, and where it comes from.</summary>
/// <param name="Data">The product.</param>
/// <param name="Source">Always <c>redis_db</c>: Redis is the database here, not its cache.</param>
/// <param name="Node">The Redis node that answered.</param>
public sealed record ProductResponse(Product Data, string Source, string? Node)
{
    /// <summary>The value of <see cref="Source"/>.</summary>
    public const string RedisDb = "redis_db";
}

/// <summary>A page of products.</summary>
/// <param name="Items">The products.</param>
/// <param name="Next">The <c>cursor</c> of the next page; nothing at the last.</param>
/// <param name="Total">How many there are on all pages, where that is known.</param>
/// <param name="Source">Always <c>redis_db</c>.</param>
/// <param name="Node">The Redis node that answered.</param>
public sealed record ProductListResponse(IReadOnlyList<Product> Items, string? Next, long? Total, string Source, string Node);

/// <summary>A product as a client gives it.</summary>
/// <param name="Name">Its name: 1 to 200 characters.</param>
/// <param name="Price">Its price: 0 to 1,000,000, with at most two decimals.</param>
/// <param name="Category">Its category: 1 to 64 characters.</param>
/// <param name="InStock">Whether it is in stock.</param>
/// <param name="Features">Its features: at most 20 of 1 to 100 characters.</param>
/// <param name="Id">Its id, as in an answer: that of the address.</param>
/// <param name="Version">Its version, as in an answer. It is ignored: a write gives the product a new one.</param>
public sealed record ProductRequest(
    [property: Required(ErrorMessage = ProductRequest.NameRule), RegularExpression(@"^\P{Cc}{1,200}$", ErrorMessage = ProductRequest.NameRule)] string Name,
    [property: Range(0d, 1_000_000d, ErrorMessage = "A price is a number from 0 to 1,000,000 with at most two decimals.")] decimal Price,
    [property: Required(ErrorMessage = ProductRequest.CategoryRule), RegularExpression(@"^\P{Cc}{1,64}$", ErrorMessage = ProductRequest.CategoryRule)] string Category,
    [property: JsonPropertyName("in_stock")] bool InStock,
    [property: MaxLength(20, ErrorMessage = "There are at most 20 features.")] IReadOnlyList<string>? Features = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Id = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Version = null)
{
    private const string NameRule = "It has 1 to 200 characters, no control characters, and not only spaces.";
    private const string CategoryRule = "It has 1 to 64 characters, no control characters, and not only spaces.";
}

/// <summary>The result of a write, and its durability.</summary>
/// <param name="Data">The product as it is kept now; nothing after it was deleted.</param>
/// <param name="Source">Always <c>redis_db</c>.</param>
/// <param name="Node">The Redis node that has written it.</param>
/// <param name="AcknowledgedReplicas">How many replicas are known to have it.</param>
/// <param name="Durable">Whether those are as many as there have to be.</param>
/// <param name="Explanation">The explanation when they are not.</param>
public sealed record ProductWriteResponse(Product? Data, string Source, string Node, int AcknowledgedReplicas, bool Durable, string? Explanation) : TracedResponse;

/// <summary>A category of products.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Products">How many products are of it.</param>
public sealed record CategoryResponse(string Name, long Products);

/// <summary>A page of categories.</summary>
/// <param name="Items">The categories.</param>
/// <param name="Next">The <c>cursor</c> of the next page; nothing at the last.</param>
/// <param name="Source">Always <c>redis_db</c>.</param>
/// <param name="Node">The Redis node that answered.</param>
public sealed record CategoryListResponse(IReadOnlyList<CategoryResponse> Items, string? Next, string Source, string Node);

/// <summary>Whether products and indexes agree.</summary>
/// <param name="Consistent">Whether all do.</param>
/// <param name="Complete">Whether all were compared; not when the limit was reached before.</param>
/// <param name="Products">How many products are listed.</param>
/// <param name="Drift">Those that do not agree.</param>
/// <param name="Source">Always <c>redis_db</c>.</param>
/// <param name="Node">The Redis node that answered.</param>
public sealed record ConsistencyResponse(bool Consistent, bool Complete, long Products, IReadOnlyCollection<DriftResponse> Drift, string Source, string? Node);

/// <summary>A product and its indexes that do not agree.</summary>
/// <param name="Id">The id; of a category that no product is of, its name.</param>
/// <param name="Problems">The differences, by the key of the index.</param>
public sealed record DriftResponse(string Id, IReadOnlyList<string> Problems);

/// <summary>The result of a repair.</summary>
/// <param name="Repaired">How many products did not agree with their indexes.</param>
/// <param name="Drift">The first hundred of them, as they were.</param>
/// <param name="Source">Always <c>redis_db</c>.</param>
/// <param name="Node">The Redis node that was repaired; its replicas follow.</param>
public sealed record RepairResponse(long Repaired, IReadOnlyCollection<DriftResponse> Drift, string Source, string? Node);

/// <summary>The result of seeding the catalogue.</summary>
/// <param name="Added">How many products were missing.</param>
/// <param name="Kept">How many existed already, changed or not.</param>
/// <param name="AcknowledgedReplicas">How many replicas are known to have all of them.</param>
/// <param name="Durable">Whether those are as many as there have to be.</param>
/// <param name="Explanation">The explanation when they are not.</param>
public sealed record SeedResponse(int Added, int Kept, int AcknowledgedReplicas, bool Durable, string? Explanation);
