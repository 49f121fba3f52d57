using System.Text.Encodings.Web;
using System.Text.Json;

namespace RedisAspire.Web.Components.Keys;

/// <summary>Writes JSON so that a person can read it.</summary>
internal static class IndentedJson
{
    private static readonly JsonSerializerOptions Pretty = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The same with line breaks; as it is where that cannot be done.</summary>
    public static string Of(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return JsonSerializer.Serialize(document.RootElement, Pretty);
        }
        // Half of a pair of surrogates is met only when it is written.
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException or ArgumentException)
        {
            return json;
        }
    }
}
