using System.Collections.Immutable;
using System.Reflection;
using System.Text;
using RedisAspire.ServiceDefaults;

namespace RedisAspire.ApiService.Data;

/// <summary>The key of a <c>/data/{key}</c> request: everything after <c>/data/</c>, percent-decoded once; and why it is refused, if it is.</summary>
internal sealed record DataKey(string Value, string? Error) : IBindableFromHttpContext<DataKey>
{
    public const int MaximumLength = 512;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The prefixes of keys that are no cache entries: the application's own data and the product catalogue.</summary>
    public static ImmutableArray<string> ReservedPrefixes { get; } = ["app:", "db:"];

    public static ValueTask<DataKey?> BindAsync(HttpContext context, ParameterInfo parameter) => ValueTask.FromResult<DataKey?>(Of(context));

    public static DataKey Of(HttpContext context)
    {
        try
        {
            var raw = RawKey.Of(context);
            // Most keys need no decoding.
            var key = Ascii.IsValid(raw) && !raw.Contains('%', StringComparison.Ordinal) ? raw : Strict.GetString(PercentDecode(raw));
            return new DataKey(key, Check(key));
        }
        catch (ArgumentException)
        {
            return new DataKey("", "A key is valid UTF-8 text.");
        }
    }

    /// <summary>The reason why a key is refused; <see langword="null"/> when it is valid.</summary>
    public static string? Check(string key)
    {
        if (key.Length is 0 or > MaximumLength)
            return $"A key has 1 to {MaximumLength} characters; this one has {key.Length}.";
        if (key.AsSpan().ContainsAnyInRange('\0', '\u001f') || key.AsSpan().ContainsAnyInRange('\u007f', '\u009f'))
            return "A key has no control characters.";
        foreach (var prefix in ReservedPrefixes)
        {
            if (key.StartsWith(prefix, StringComparison.Ordinal))
                return $"Keys that start with '{prefix}' are no cache entries.";
        }

        return null;
    }

    private static byte[] PercentDecode(string encoded)
    {
        var bytes = new List<byte>(encoded.Length);
        for (var i = 0; i < encoded.Length; i++)
        {
            if (RawKey.IsEncodedAt(encoded, i))
            {
                bytes.Add(Convert.FromHexString(encoded.AsSpan(i + 1, 2))[0]);
                i += 2;
            }
            else
            {
                // A request line is ASCII; anything else was let through by a lenient client.
                bytes.AddRange(Encoding.UTF8.GetBytes(encoded, i, 1));
            }
        }

        return [.. bytes];
    }
}
