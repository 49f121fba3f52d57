using System.Net;
using System.Net.Sockets;
using RedisAspire.Hosting;

namespace RedisAspire.Tests.Hosting;

public sealed class FreePortsTests
{
    [Fact]
    public void A_port_that_somebody_listens_on_is_passed_over()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var taken = ((IPEndPoint)listener.LocalEndpoint).Port;

        var given = FreePorts.Take(taken);

        Assert.True(given > taken);
        FreePorts.Release(given);
    }

    [Fact]
    public void A_port_is_given_once_until_it_is_given_back()
    {
        var first = FreePorts.Take(preferred: null);
        var second = FreePorts.Take(first);
        FreePorts.Release(first);
        var again = FreePorts.Take(first);

        Assert.NotEqual(first, second);
        Assert.Equal(first, again);
        FreePorts.Release(second);
        FreePorts.Release(again);
    }

    [Fact]
    public void A_port_that_another_process_was_given_is_passed_over_before_it_listens()
    {
        var given = FreePorts.Take(preferred: null);

        // As another process sees it.
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ExclusiveAddressUse = true };
        Assert.Equal(SocketError.AddressAlreadyInUse, Assert.Throws<SocketException>(() => other.Bind(new IPEndPoint(IPAddress.Loopback, given))).SocketErrorCode);

        // What it is given for can listen there all the same.
        using var listener = new TcpListener(IPAddress.Loopback, given);
        listener.Start();
        FreePorts.Release(given);
    }
}
