using System.Text;

namespace RedisAspire.ApiService.Data;

/// <summary>The body of <c>PUT /data/{key}</c>.</summary>
/// <param name="Value">The value that the database has from now on.</param>
internal sealed record DataRequest(string Value)
{
    private const int MaximumBytes = 64 * 1024;

    /// <summary>What is wrong with it, by field.</summary>
    public Dictionary<string, string[]> Check()
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        if (Encoding.UTF8.GetByteCount(Value) is var bytes and > MaximumBytes)
            errors["value"] = [$"A value has at most {MaximumBytes} bytes as UTF-8; this one has {bytes}."];
        return errors;
    }
}
