using System.Net.Sockets;

namespace RedisAspire.Tests.Support;

/// <summary>Ports as a client sees them.</summary>
internal static class Port
{
    public static async Task<bool> IsListeningAsync(int port)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync("localhost", port, TestContext.Current.CancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
