using System.Globalization;
using System.Runtime.InteropServices;

namespace RedisAspire.CoherenceWorker;

/// <summary>A value that tells its key, which worker wrote it, and its place among all that this worker wrote to the key.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct VersionedValue(string Key, int Writer, long Sequence)
{
    /// <summary>The writer of what nobody has written.</summary>
    public const int Nobody = -1;

    public static bool TryParse(string text, out VersionedValue value)
    {
        value = default;
        if (text.Split(':') is not [var key, var writer, var sequence]
            || !int.TryParse(writer, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            || !long.TryParse(sequence, NumberStyles.None, CultureInfo.InvariantCulture, out var place))
            return false;

        value = new VersionedValue(key, number, place);
        return true;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Key}:{Writer}:{Sequence}");
}
