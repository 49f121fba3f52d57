using System.Text.Json;
using System.Text.Json.Serialization;

namespace RedisAspire.Caching.Statistics;

/// <summary>Writes a distribution as the buckets that are not empty: number and count, one after the other.</summary>
internal sealed class LatencyDistributionConverter : JsonConverter<LatencyDistribution>
{
    // No sum of counts can overflow, whatever somebody has written.
    private const long MaximumCount = long.MaxValue / LatencyScale.Buckets / 1024;

    public override LatencyDistribution Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var counts = new long[LatencyScale.Buckets];
        if (reader.TokenType != JsonTokenType.StartArray)
            throw new JsonException();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var bucket = ReadNumber(ref reader, LatencyScale.Buckets - 1);
            if (!reader.Read())
                throw new JsonException();
            counts[bucket] = ReadNumber(ref reader, MaximumCount);
        }

        return new LatencyDistribution(counts);
    }

    public override void Write(Utf8JsonWriter writer, LatencyDistribution value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        for (var bucket = 0; bucket < value.Counts.Count; bucket++)
        {
            if (value.Counts[bucket] == 0)
                continue;
            writer.WriteNumberValue(bucket);
            writer.WriteNumberValue(value.Counts[bucket]);
        }

        writer.WriteEndArray();
    }

    private static long ReadNumber(ref Utf8JsonReader reader, long maximum) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var number) && number >= 0 && number <= maximum ? number : throw new JsonException();
}
