using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;

namespace RedisAspire.ApiService.RateLimiting;

/// <summary>Limits the requests of every client, and describes a client's window as far as this instance knows it: it learns of the others' requests when it borrows permits from Redis.</summary>
internal sealed class ClientLimiter(IOptions<RateLimitOptions> options, PermitLender lender, TimeProvider time) : IDisposable
{
    private readonly RateLimitOptions _options = options.Value;
    private readonly string _policy = string.Create(
        CultureInfo.InvariantCulture, $"\"default\";q={options.Value.PermitLimit};w={Math.Ceiling(options.Value.Window.TotalSeconds)}");
    private readonly PartitionedRateLimiter<HttpContext> _windows = CreateWindows(client => new SharedWindowLimiter(NameOf(client), lender, options.Value, time));

    /// <summary>The name of a client: its IPv4 address, or the /64 network of its IPv6 address, which one customer has.</summary>
    public static string ClientOf(IPAddress? address) => NameOf(NetworkOf(address));

    public ValueTask<RateLimitLease> AcquireAsync(HttpContext context) => _windows.AcquireAsync(context);

    public RateLimitResponse Describe(HttpContext context)
    {
        var client = ClientOf(context.Connection.RemoteIpAddress);
        if (_options.PermitLimit is not { } limit)
            return new RateLimitResponse(client, "none", Limit: null, WindowSeconds: null, Used: null, Remaining: null, ResetSeconds: null);

        var remaining = lender.IsOpen ? null : _windows.GetStatistics(context)?.CurrentAvailablePermits;
        return new RateLimitResponse(
            client, remaining is null ? "open" : "shared", limit, _options.Window.TotalSeconds, limit - remaining, remaining, Math.Round(_options.UntilNextWindow(time).TotalSeconds, 3));
    }

    /// <summary>Writes the headers <c>RateLimit-Policy</c> and <c>RateLimit</c>, if requests are counted.</summary>
    public void WriteHeaders(IHeaderDictionary headers, RateLimitLease lease)
    {
        if (lease is not WindowLease { Remaining: { } remaining })
            return;
        headers["RateLimit-Policy"] = _policy;
        headers["RateLimit"] = string.Create(
            CultureInfo.InvariantCulture, $"\"default\";r={remaining};t={(long)Math.Ceiling(_options.UntilNextWindow(time).TotalSeconds)}");
    }

    public void Dispose() => _windows.Dispose();

    private static PartitionedRateLimiter<HttpContext> CreateWindows(Func<UInt128, RateLimiter> create) =>
        PartitionedRateLimiter.Create<HttpContext, UInt128>(context => RateLimitPartition.Get(NetworkOf(context.Connection.RemoteIpAddress), create));

    // The network as a number, because a text for each request would cost more than the rest of the limit. IPv4 addresses
    // are mapped to IPv6 ones.
    private static UInt128 NetworkOf(IPAddress? address)
    {
        if (address is null)
            return UInt128.Zero;
        Span<byte> bytes = stackalloc byte[16];
        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            address.TryWriteBytes(bytes[12..], out _);
            bytes[10] = bytes[11] = 0xff;
        }
        else
        {
            address.TryWriteBytes(bytes, out _);
            if (!address.IsIPv4MappedToIPv6 && !IPAddress.IsLoopback(address))
                bytes[8..].Clear();
        }

        return BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    private static string NameOf(UInt128 network)
    {
        if (network == UInt128.Zero)
            return "unknown";
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, network);
        var address = new IPAddress(bytes);
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4().ToString();
        return IPAddress.IsLoopback(address) ? address.ToString() : $"{address}/64";
    }
}
