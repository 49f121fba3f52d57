using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace RedisAspire.Hosting;

/// <summary>Asks a node or sentinel a command, as a service would and on a connection of its own.</summary>
internal sealed class RedisMemberClient(RedisMember member, ParameterResource password)
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(2);

    /// <summary>Whether it answers.</summary>
    public async Task<HealthCheckResult> CheckAsync(CancellationToken cancellationToken)
    {
        try
        {
            var answer = await AskAsync("PING", cancellationToken);
            return answer == "+PONG" ? HealthCheckResult.Healthy("It answers.") : HealthCheckResult.Unhealthy($"It answered {answer}.");
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

    /// <summary>
    /// Lets a sentinel poll every node once a second instead of every ten, for as long as it runs, so that a manual failover
    /// on a developer's machine is fast. The configuration file has no setting for that.
    /// </summary>
    public Task LookOftenAsync(CancellationToken cancellationToken) => AskAsync("SENTINEL DEBUG INFO-PERIOD 1000", cancellationToken);

    private async Task<string?> AskAsync(string command, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(AnswerTimeout);
        using var client = new TcpClient();
        await client.ConnectAsync(member.Endpoint.Host, member.Endpoint.Port, deadline.Token);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.UTF8.GetBytes($"AUTH {RedisConfiguration.Quote((await password.GetValueAsync(deadline.Token))!)}\r\n{command}\r\n"), deadline.Token);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return await reader.ReadLineAsync(deadline.Token) is "+OK" ? await reader.ReadLineAsync(deadline.Token) : "that the password is wrong";
    }
}
