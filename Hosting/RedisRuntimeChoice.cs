using System.ComponentModel;
using System.Diagnostics;
using Microsoft.Extensions.Configuration;

namespace RedisAspire.Hosting;

/// <summary>
/// What the nodes run as, and why. It is decided before the model is built: with a container in the model and no
/// container runtime, an app host waits for ever.
/// </summary>
/// <param name="Runtime">Containers or processes.</param>
/// <param name="Engine">The program that controls containers.</param>
/// <param name="Reason">Why, as a sentence for the person at the console.</param>
internal sealed record RedisRuntimeChoice(RedisRuntime Runtime, string Engine, string Reason)
{
    /// <summary>The setting that decides by hand: <c>container</c> or <c>process</c>.</summary>
    public const string Setting = "Redis:Runtime";

    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Decides; takes a few seconds at most.</summary>
    /// <exception cref="DistributedApplicationException">Neither is to be had, or not the one that is asked for.</exception>
    public static RedisRuntimeChoice Make(IConfiguration configuration, bool isPublishing)
    {
        var wanted = configuration[Setting];
        var named = configuration["ASPIRE_CONTAINER_RUNTIME"] ?? configuration["DOTNET_ASPIRE_CONTAINER_RUNTIME"];
        string[] engines = string.IsNullOrEmpty(named) ? ["docker", "podman"] : [named];
        if (isPublishing)
            return new(RedisRuntime.Container, engines[0], "Redis is published as containers.");

        switch (wanted?.ToUpperInvariant())
        {
            case "PROCESS":
                return new(RedisRuntime.Process, engines[0], $"Redis runs as local processes, because of {Setting}.");
            case "CONTAINER":
                return Array.Find(engines, Answers) is { } insisted
                    ? new(RedisRuntime.Container, insisted, $"Redis runs in containers, because of {Setting}.")
                    : throw new DistributedApplicationException($"{Setting} asks for containers, but {string.Join(" and ", engines)} cannot be reached: start the container runtime.");
            case null or "":
                break;
            default:
                throw new DistributedApplicationException($"{Setting} must be 'container' or 'process', not '{wanted}'.");
        }

        if (Array.Find(engines, Answers) is { } engine)
            return new(RedisRuntime.Container, engine, $"Redis runs in containers: {engine} answers. {Setting}=process would start local processes instead.");
        return new(RedisRuntime.Process, engines[0], $"Redis runs as local processes: no container runtime answers ({string.Join(", ", engines)}).");
    }

    // The version of the server is queried, not only of the client, so that the engine must answer.
    private static bool Answers(string engine)
    {
        var start = new ProcessStartInfo(engine, ["version", "--format", "{{.Server.Version}}"]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            using var process = Process.Start(start)!;
            process.OutputDataReceived += static (_, _) => { };
            process.ErrorDataReceived += static (_, _) => { };
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            if (process.WaitForExit(AnswerTimeout))
                return process.ExitCode == 0;
            process.Kill();
            return false;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
