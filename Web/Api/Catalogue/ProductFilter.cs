namespace RedisAspire.Web.Api.Catalogue;

/// <summary>Which products are wanted, in which order. What is not said does not matter.</summary>
public sealed class ProductFilter
{
    /// <summary>A text in the name.</summary>
    public string? Name { get; set; }

    /// <summary>The category.</summary>
    public string? Category { get; set; }

    /// <summary>The lowest price.</summary>
    public decimal? MinPrice { get; set; }

    /// <summary>The highest price.</summary>
    public decimal? MaxPrice { get; set; }

    /// <summary>Whether they can be had now.</summary>
    public bool? InStock { get; set; }

    /// <summary>By what they are sorted: <c>price</c> or <c>name</c>, with <c>-desc</c> for the last first.</summary>
    public string Order { get; set; } = "price";
}
