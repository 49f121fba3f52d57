using System.ComponentModel;
using System.Diagnostics;
using Microsoft.Extensions.Configuration;

namespace RedisAspire.Hosting;

/// <summary>
/// What the nodes run as, and why. It is decided before the orchestrator starts: with a container in the model and no
/// container runtime, an app host waits for ever. The engine is the program that controls containers; the reason is a sentence for the log.
/// </summary>
internal sealed record RedisRuntimeChoice(RedisRuntime Runtime, string Engine, string Reason)
{
    /// <summary>The setting that decides, whatever the app host says: <c>container</c> or <c>process</c>.</summary>
    public const string Setting = "Redis:Runtime";

    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(5);

    public static RedisRuntimeChoice Published { get; } = new(RedisRuntime.Container, "docker", "Redis is published as containers.");

    /// <summary>Decides by the configuration, or else by what the app host wants; takes a few seconds at most.</summary>
    /// <exception cref="DistributedApplicationException">Neither is to be had, or not the one that is asked for.</exception>
    public static async Task<RedisRuntimeChoice> MakeAsync(IConfiguration configuration, RedisRuntime? wanted, CancellationToken cancellationToken)
    {
        var setting = configuration[Setting];
        var named = configuration["ASPIRE_CONTAINER_RUNTIME"] ?? configuration["DOTNET_ASPIRE_CONTAINER_RUNTIME"];
        string[] engines = string.IsNullOrEmpty(named) ? ["docker", "podman"] : [named];
        var (runtime, origin) = setting?.ToUpperInvariant() switch
        {
            "PROCESS" => (RedisRuntime.Process, Setting),
            "CONTAINER" => (RedisRuntime.Container, Setting),
            null or "" => (wanted, wanted == RedisRuntime.Process ? "RunAsProcesses" : "RunAsContainers"),
            _ => throw new DistributedApplicationException($"{Setting} must be 'container' or 'process', not '{setting}'."),
        };
        if (runtime == RedisRuntime.Process)
            return new(RedisRuntime.Process, engines[0], $"Redis runs as local processes: {origin} asks for them.");

        foreach (var engine in engines)
        {
            if (!await AnswersAsync(engine, cancellationToken))
                continue;
            return new(RedisRuntime.Container, engine, runtime is null
                ? $"Redis runs in containers: {engine} answers. {Setting}=process would start local processes instead."
                : $"Redis runs in containers: {origin} asks for them.");
        }

        return runtime is null
            ? new(RedisRuntime.Process, engines[0], $"Redis runs as local processes: no container runtime answers ({string.Join(", ", engines)}).")
            : throw new DistributedApplicationException($"{origin} asks for containers, but {string.Join(" and ", engines)} cannot be reached: start the container runtime.");
    }

    // The version of the server is queried, not only of the client, so that the engine must answer.
    private static async Task<bool> AnswersAsync(string engine, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(AnswerTimeout);
        var start = new ProcessStartInfo(engine, ["version", "--format", "{{.Server.Version}}"]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        Process? process = null;
        try
        {
            process = Process.Start(start)!;
            await Task.WhenAll(
                process.StandardOutput.ReadToEndAsync(deadline.Token), process.StandardError.ReadToEndAsync(deadline.Token), process.WaitForExitAsync(deadline.Token));
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            process!.Kill(entireProcessTree: true);
            return false;
        }
        finally
        {
            process?.Dispose();
        }
    }
}
