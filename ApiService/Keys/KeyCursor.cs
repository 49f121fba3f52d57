using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace RedisAspire.ApiService.Keys;

/// <summary>Where to go on, opaque to clients. Every node has its own order of keys, so that a position is worth nothing without the node.</summary>
/// <param name="Node">The node.</param>
/// <param name="Position">What the node calls the position.</param>
internal sealed record KeyCursor(string Node, string Position)
{
    public static bool TryRead(string text, [NotNullWhen(true)] out KeyCursor? cursor)
    {
        cursor = null;
        if (!Base64Url.IsValid(text))
            return false;
        if (Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text)).Split(' ') is not [{ Length: > 0 } node, { Length: > 0 } position])
            return false;
        cursor = new KeyCursor(node, position);
        return true;
    }

    public override string ToString() => Base64Url.EncodeToString(Encoding.UTF8.GetBytes($"{Node} {Position}"));
}
