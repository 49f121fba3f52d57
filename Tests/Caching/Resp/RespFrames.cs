using System.Globalization;
using System.Text;
using RedisAspire.Caching.Tracking;

namespace RedisAspire.Tests.Caching.Resp;

/// <summary>Reads and shows frames.</summary>
internal static class RespFrames
{
    /// <summary>One valid frame of every kind and of many forms.</summary>
    public static IReadOnlyList<string> Corpus { get; } =
    [
        "+OK\r\n", "+\r\n", "-ERR unknown command 'x'\r\n", ":0\r\n", ":-42\r\n", ":9223372036854775807\r\n",
        "$0\r\n\r\n", "$5\r\nhello\r\n", "$4\r\n\r\n\r\n\r\n", "$-1\r\n", "*-1\r\n", "_\r\n", "#t\r\n", "#f\r\n",
        ",3.25\r\n", ",-1e10\r\n", ",inf\r\n", ",-inf\r\n", ",nan\r\n", "(3492890328409238509324850943850943825024385\r\n",
        "!21\r\nSYNTAX invalid syntax\r\n", "=8\r\ntxt:some\r\n", "*0\r\n", "~0\r\n", "%0\r\n",
        "*3\r\n:1\r\n$1\r\na\r\n*2\r\n_\r\n#t\r\n", "~2\r\n+a\r\n+b\r\n", "%2\r\n+a\r\n:1\r\n+b\r\n%1\r\n+c\r\n:2\r\n",
        ">2\r\n$10\r\ninvalidate\r\n*2\r\n$1\r\na\r\n$2\r\nbb\r\n", ">2\r\n$10\r\ninvalidate\r\n_\r\n",
        "|1\r\n+ttl\r\n:3600\r\n$1\r\nv\r\n", "*2\r\n|1\r\n+x\r\n*1\r\n:1\r\n:1\r\n:2\r\n", "|0\r\n:7\r\n",
        "*3\r\n$6\r\nmaster\r\n:3129659\r\n*1\r\n*3\r\n$9\r\n127.0.0.1\r\n$4\r\n9001\r\n$7\r\n3129242\r\n",
        "*20\r\n" + string.Concat(Enumerable.Range(0, 20).Select(i => $":{i}\r\n")),
        $"$5000\r\n{new string('x', 5000)}\r\n",
    ];

    /// <summary>All frames of the input, given to the reader in pieces that end at <paramref name="cuts"/>.</summary>
    public static List<string> Read(byte[] input, IEnumerable<int> cuts, RespLimits? limits = null)
    {
        var reader = new RespReader(limits ?? new RespLimits());
        var frames = new List<string>();
        var start = 0;
        foreach (var cut in cuts.Append(input.Length))
        {
            // A copy that is spoiled afterwards, because the reader must not go back to it.
            var piece = input[start..cut];
            ReadOnlySpan<byte> rest = piece;
            while (reader.TryRead(ref rest, out var frame))
                frames.Add(Show(frame));
            Assert.True(rest.IsEmpty, "The reader left input although it wants more.");
            Array.Fill(piece, (byte)'!');
            start = cut;
        }

        return frames;
    }

    public static List<string> Read(string input, RespLimits? limits = null) => Read(Encoding.Latin1.GetBytes(input), [], limits);

    public static string Show(RespFrame frame) => frame.Kind switch
    {
        RespKind.Null => "null",
        RespKind.Integer => frame.Integer.ToString(CultureInfo.InvariantCulture),
        RespKind.Double => frame.Double.ToString("R", CultureInfo.InvariantCulture) + "d",
        RespKind.Boolean => frame.Integer == 1 ? "true" : "false",
        RespKind.Array or RespKind.Set or RespKind.Map or RespKind.Push => $"{frame.Kind}[{string.Join(' ', frame.Items.Select(Show))}]",
        _ => $"{frame.Kind}({frame.Text})",
    };
}
