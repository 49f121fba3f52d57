using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace RedisAspire.AppHost.RedisReplication;

/// <summary>Asks a sentinel whether it is there.</summary>
internal static class SentinelCheck
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(2);

    public static async Task<HealthCheckResult> RunAsync(RedisMember sentinel, ParameterResource password, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(AnswerTimeout);
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(sentinel.Endpoint.Host, sentinel.Endpoint.Port, deadline.Token);
            await using var stream = client.GetStream();
            await stream.WriteAsync(Encoding.UTF8.GetBytes($"AUTH {await password.GetValueAsync(deadline.Token)}\r\nPING\r\n"), deadline.Token);
            using var reader = new StreamReader(stream, Encoding.UTF8);
            var answers = (await reader.ReadLineAsync(deadline.Token), await reader.ReadLineAsync(deadline.Token));
            return answers == ("+OK", "+PONG") ? HealthCheckResult.Healthy("It answers.") : HealthCheckResult.Unhealthy($"It answered {answers.Item1}.");
        }
        catch (Exception failure) when (failure is SocketException or IOException)
        {
            return HealthCheckResult.Unhealthy($"Down: {failure.Message}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return HealthCheckResult.Unhealthy("Down: it does not answer.");
        }
    }
}
