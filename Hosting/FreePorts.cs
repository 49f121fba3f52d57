using System.Net;
using System.Net.Sockets;

namespace RedisAspire.Hosting;

/// <summary>Finds free ports on this machine, and never gives the same one twice: not in this process, and not in two that start at the same time.</summary>
internal static class FreePorts
{
    // Below the range that operating systems take for outgoing connections.
    private const int FirstAny = 20_000;
    private const int LastAny = 30_000;

    private static readonly Lock Guard = new();

    // A port that was given has no listener yet. Until the process ends, a UDP socket with the same number reserves it
    // against other processes of this program: only one of them can bind it.
    private static readonly Dictionary<int, Socket> Given = [];

    /// <summary>The first free port from <paramref name="preferred"/> on; any free port if that is none or 0.</summary>
    /// <exception cref="DistributedApplicationException">No port is free.</exception>
    public static int Take(int? preferred)
    {
        var candidates = preferred is { } first and not 0
            ? Enumerable.Range(first, IPEndPoint.MaxPort - first + 1)
            : Enumerable.Range(0, 1000).Select(_ => Random.Shared.Next(FirstAny, LastAny));
        lock (Guard)
        {
            foreach (var port in candidates)
            {
                if (!Given.ContainsKey(port) && TryReserve(port) is { } reservation)
                {
                    Given.Add(port, reservation);
                    return port;
                }
            }
        }

        throw new DistributedApplicationException(preferred is null or 0 ? "No free port was found." : $"No port from {preferred} on is free.");
    }

    /// <summary>Gives a port back.</summary>
    public static void Release(int port)
    {
        lock (Guard)
        {
            if (Given.Remove(port, out var reservation))
                reservation.Dispose();
        }
    }

    private static Socket? TryReserve(int port)
    {
        var reservation = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ExclusiveAddressUse = true };
        try
        {
            reservation.Bind(new IPEndPoint(IPAddress.Loopback, port));
            if (IsFree(port))
                return reservation;
        }
        catch (SocketException)
        {
            // Another process has it.
        }

        reservation.Dispose();
        return null;
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
