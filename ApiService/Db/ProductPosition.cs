using System.Buffers.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace RedisAspire.ApiService.Db;

/// <summary>Where a product stands among others. It stays a place when the product moves or is deleted.</summary>
/// <param name="Price">The price, as Redis compares it.</param>
/// <param name="Name">The name.</param>
/// <param name="Id">The id.</param>
internal sealed record ProductPosition(double Price, string Name, string Id)
{
    private static readonly JsonSerializerOptions Compact = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>Where a product stands.</summary>
    public static ProductPosition Of(Product product) => new((double)product.Price, product.Name, product.Id);

    /// <summary>Reads a cursor.</summary>
    /// <returns>The position; <see langword="null"/> when the text is no cursor.</returns>
    public static ProductPosition? Parse(string cursor)
    {
        try
        {
            return JsonSerializer.Deserialize<ProductPosition>(Base64Url.DecodeFromChars(cursor), Compact);
        }
        catch (Exception malformed) when (malformed is FormatException or JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>The position as text that a client hands back as it is.</summary>
    public string ToCursor() => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(this, Compact));
}
