using System.Net;
using System.Net.Sockets;

namespace RedisAspire.Standalone.Processes;

/// <summary>Finds free ports on loopback, and never gives the same one twice.</summary>
internal static class Ports
{
    // Below the range that operating systems take for outgoing connections.
    private const int FirstAny = 20_000;
    private const int LastAny = 30_000;

    private static readonly Lock Guard = new();
    private static readonly HashSet<int> Given = [];

    /// <summary>The first free port from <paramref name="preferred"/> on; any free port if that is 0.</summary>
    /// <exception cref="LaunchException">No port is free.</exception>
    public static int Take(int preferred)
    {
        var candidates = preferred == 0
            ? Enumerable.Range(0, 1000).Select(_ => Random.Shared.Next(FirstAny, LastAny))
            : Enumerable.Range(preferred, IPEndPoint.MaxPort - preferred + 1);
        lock (Guard)
        {
            foreach (var port in candidates)
            {
                if (!Given.Contains(port) && IsFree(port))
                {
                    Given.Add(port);
                    return port;
                }
            }
        }

        throw new LaunchException(preferred == 0 ? "No free port was found." : $"No port from {preferred} on is free.");
    }

    /// <summary>Gives a port back.</summary>
    public static void Release(int port)
    {
        lock (Guard)
            Given.Remove(port);
    }

    private static bool IsFree(int port) =>
        CanListen(IPAddress.Loopback, port) && (!Socket.OSSupportsIPv6 || CanListen(IPAddress.IPv6Loopback, port));

    private static bool CanListen(IPAddress address, int port)
    {
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(address, port));
            socket.Listen();
            return true;
        }
        catch (SocketException failure)
        {
            // A machine without an IPv6 loopback address has nothing listening there either.
            return failure.SocketErrorCode == SocketError.AddressNotAvailable;
        }
    }
}
