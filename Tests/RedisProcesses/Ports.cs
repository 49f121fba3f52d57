using System.Net;
using System.Net.Sockets;

namespace RedisAspire.RedisProcesses;

/// <summary>Finds free ports on loopback, and never gives the same one twice.</summary>
internal static class Ports
{
    // Below the range that operating systems take for outgoing connections.
    private const int First = 20_000;
    private const int Last = 30_000;

    private static readonly Lock Guard = new();
    private static readonly HashSet<int> Given = [];

    /// <summary>A free port.</summary>
    /// <exception cref="LaunchException">No port is free.</exception>
    public static int Take()
    {
        lock (Guard)
        {
            for (var i = 0; i < 1000; i++)
            {
                var port = Random.Shared.Next(First, Last);
                if (IsFree(port) && Given.Add(port))
                    return port;
            }
        }

        throw new LaunchException("No free port was found.");
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
