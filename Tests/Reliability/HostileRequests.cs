using System.Globalization;
using System.Text;

namespace RedisAspire.Tests.Reliability;

/// <summary>Makes requests that no well-meaning client would send, the same ones for the same seed.</summary>
/// <param name="seed">Which requests.</param>
/// <param name="paths">Where they go.</param>
/// <param name="productKey">The admin key, if products may be written with it.</param>
internal sealed class HostileRequests(int seed, IReadOnlyList<string> paths, string? productKey)
{
    private const string Product = """{"name":"n","category":"c","price":1,"in_stock":true}""";

    private static readonly string[] Methods = ["GET", "GET", "PUT", "PUT", "DELETE", "POST", "PATCH", "HEAD", "OPTIONS", "TRACE", "BREW", "get"];

    private static readonly string[] Names =
    [
        "foo", "sparrow", "wren", "robin", "canary", "clé ☕ 🎉", "مرحبا", "\u202Eabc", "a\0b", "a\u0001b", "a\r\nb", "\u007f", "<script>alert(1)</script>", "' OR 1=1 --", "${jndi:ldap://x}",
        "../../etc/passwd", "..", ".", "a/../b", "//", "a//b", "__proto__", "constructor", "db:product:canary", "app:canary", "other:app", "a:list", "a:hash", "a key for good",
        "* ", "a b", "?", "#", "%", "%25", "+", "\\", new string('x', 512), new string('x', 513), new string('é', 512), new string('☕', 512), "",
    ];

    private static readonly string[] Encoded =
    [
        "%", "%2", "%zz", "%00", "%0d%0aX-Evil:%201", "%ff%fe", "%c0%af", "%ed%a0%80", "%252e%252e%252f", "%2e%2e/%2e%2e/health", "..%2f..%2fapi/cache", "%u0041", "a%2fb", "%5c..%5c", "a?b=c&b=d", "a#b", ";a=b", "%F0%9F",
    ];

    private static readonly string[] Bodies =
    [
        "", "null", "true", "[]", "{}", "{", "[", "\"", "{\"name\":", Product[..^1], Product + Product, Product + "x", "\uFEFF" + Product, "<xml/>", "name=n&category=c",
        """{"name":"n","name":"m","category":"c","price":1,"in_stock":true}""",
        """{"__proto__":{"a":1},"name":"n","category":"c","price":1,"in_stock":true}""",
        """{"name":"<script>alert(1)</script>","category":"<img src=x onerror=alert(1)>","price":1,"in_stock":true}""",
        """{"name":"\ud800","category":"c","price":1,"in_stock":true}""",
        """{"name":"\u0000","category":"c","price":1,"in_stock":true}""",
        """{"name":1,"category":[],"price":"1","in_stock":{}}""",
        """{"name":"n","category":"c","price":1,"in_stock":true,"features":["\ud800",null,1,{}]}""", """{"price":2}""", """{"features":null}""", """{"\ud800":1}""", """{"id":"canary","version":9}""",
        """{"name":null,"category":null,"price":null,"in_stock":null}""",
        """{"name":"n","category":"c","price":1e400,"in_stock":true}""",
        """{"name":"n","category":"c","price":-1e-400,"in_stock":true}""",
        """{"name":"n","category":"c","price":79228162514264337593543950335,"in_stock":2147483648}""",
        """{"name":"n","category":"c","price":NaN,"in_stock":Infinity}""",
        """{"name":"n","category":"c","price":1,"in_stock":1e2}""",
        $$"""{"name":"{{new string('x', 201)}}","category":"c","price":1,"in_stock":true}""",
        $$"""{"name":"n","category":"c","price":{{new string('9', 5000)}},"in_stock":true}""",
        new string('[', 5000), string.Concat(Enumerable.Repeat("{\"a\":", 2000)), Product, Product, Product, Product, Product, Product,
    ];

    private static readonly string[] Types =
    [
        "application/json", "application/json", "application/json", "application/json", "application/json", "application/json; charset=utf-8", "application/merge-patch+json", "application/json; charset=utf-16", "application/json; charset=nothing", "text/plain", "application/xml", "multipart/form-data", "application/problem+json", "\"", "", "a/b/c",
    ];

    private static readonly string[] Headers =
    [
        "Accept: text/html", "Accept: */*;q=x", "Accept: text/plain", "Accept: ,,,", "Accept-Encoding: \u007f", "X-Admin-Key: wrong", "X-Admin-Key: ", "X-Admin-Key: a\r\nX-Admin-Key: b",
        "X-Forwarded-For: 999.1.1.1", "X-Forwarded-For: ::ffff:1.2.3.4, <script>", "X-Evil: a\r\n\r\nGET /health HTTP/1.1", "X-Evil: a\nb", "X-Evil: a\rb", "X-Evil: a\0b", " folded: a", "Host: other", "Host: a b",
        "Expect: 100-continue", "Expect: 200-ok", "Content-Length: -1", "Content-Length: 1, 2", "Transfer-Encoding: gzip", "Upgrade: h2c\r\nConnection: Upgrade", "Range: bytes=0-", "Cookie: " + new string('c', 20_000),
        "Content-Encoding: gzip", "If-None-Match: *", "If-Match: *", "If-Match: \"1\", W/\"2\", \"", "If-Match: ,", "traceparent: 00-zz", "baggage: %%%",
    ];

    private readonly Random _random = new(seed);

    /// <summary>The next request, as bytes.</summary>
    public byte[] Next()
    {
        // The keys of others may be asked for, but only by chance-made names may anything be written.
        var method = Pick(Methods);
        var path = Path(method);
        var request = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{method} {path} {(Chance(50) ? Pick(["HTTP/1.0", "HTTP/9.9", "", "HTTP/1.1 x"]) : "HTTP/1.1")}\r\n");
        if (!Chance(50))
            request.Append("Host: localhost\r\n");
        request.Append("Connection: close\r\n");
        if (productKey is not null && path.StartsWith("/api/db/products", StringComparison.Ordinal))
            request.Append(CultureInfo.InvariantCulture, $"X-Admin-Key: {productKey}\r\n");
        while (Chance(3))
            request.Append(Pick(Headers)).Append("\r\n");

        var body = method is "PUT" or "POST" or "PATCH" || Chance(10) ? Encoding.UTF8.GetBytes(Pick(Bodies)) : [];
        if (body.Length > 0 && Chance(20))
            body[_random.Next(body.Length)] = (byte)_random.Next(256);
        if (body.Length > 0 || method is "PUT")
            request.Append(CultureInfo.InvariantCulture, $"Content-Type: {Pick(Types)}\r\n");
        if (body.Length > 0 && Chance(20))
        {
            request.Append("Transfer-Encoding: chunked\r\n\r\n").Append(Pick(["zz\r\n", "FFFFFFFFFFFFFFFF\r\n", "5\r\nab", "-1\r\n", "3\r\nabcd\r\n0\r\n\r\n", "0\r\n\r\n", ";\r\n"]));
            body = [];
        }
        else
        {
            // A length that promises more than comes is a body that breaks off.
            request.Append(CultureInfo.InvariantCulture, $"Content-Length: {body.Length + (Chance(60) ? 10 : 0)}\r\n\r\n");
        }

        // Latin-1, so that bytes which are no ASCII arrive too.
        return [.. Encoding.Latin1.GetBytes(request.ToString()), .. body];
    }

    /// <summary>A request far beyond every limit.</summary>
    public static byte[] Huge(bool inBody)
    {
        var load = new string('x', 10 * 1024 * 1024);
        return Encoding.ASCII.GetBytes(inBody
            ? $"PUT /api/db/products/huge HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {load.Length}\r\n\r\n{load}"
            : $"GET /data/{load} HTTP/1.1\r\nHost: localhost\r\n\r\n");
    }

    private string Path(string method)
    {
        if (Chance(40))
            return Pick(["*", "/", "//", "http://localhost/data/foo", "http://[/data/x", "/DATA/foo", "/data", "/dat%61/foo", "/api/../api/nodes", "localhost:80", "", "/\u00ff", "/api/cache/", "/openapi/../data/a"]);

        var name = Chance(3) ? Pick(Encoded) : Chance(4) ? Noise() : Uri.EscapeDataString(Pick(Names));
        if (method is "PUT" or "PATCH" or "DELETE" && name == "canary")
            name = "sparrow";
        return (method is "PUT" && Chance(2) ? paths.First(path => path.Contains("{id}", StringComparison.Ordinal)) : Pick(paths)).Replace("{key}", name, StringComparison.Ordinal).Replace("{id}", name, StringComparison.Ordinal);
    }

    private string Noise()
    {
        var bytes = new byte[_random.Next(1, 60)];
        _random.NextBytes(bytes);
        return string.Concat(bytes.Select(b => b is > 32 and < 127 && b != '%' ? ((char)b).ToString() : $"%{b:x2}"));
    }

    private bool Chance(int oneIn) => _random.Next(oneIn) == 0;

    private T Pick<T>(IReadOnlyList<T> from) => from[_random.Next(from.Count)];
}
