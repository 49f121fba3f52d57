using System.Diagnostics;
using System.Globalization;
using Aspire.Hosting.Eventing;

namespace RedisAspire.Hosting;

/// <summary>
/// A node or sentinel as a <c>redis-server</c> process on loopback. It stands in the model for the member's resource, has its name
/// and its annotations, and passes on its events, so that nobody who uses the resource has to know which of the two runs.
/// </summary>
internal sealed class RedisProcess(RedisMember member, string program) : ExecutableResource(member.Name, program, "."), IResourceWithConnectionString
{
    /// <inheritdoc/>
    public override ResourceAnnotationCollection Annotations => member.Resource.Annotations;

    /// <inheritdoc/>
    public ReferenceExpression ConnectionStringExpression => member.ConnectionString;

    /// <summary>Has a member run as a process, before anything has been started.</summary>
    public static void Replace(RedisMember member, IResourceCollection resources, IDistributedApplicationEventing eventing)
    {
        var container = member.Resource;
        // These two make a resource a container.
        foreach (var annotation in container.Annotations.Where(annotation => annotation is ContainerImageAnnotation or ContainerLifetimeAnnotation).ToArray())
            container.Annotations.Remove(annotation);
        // A process has the port that it listens on.
        member.Endpoint.EndpointAnnotation.TargetPort = member.Endpoint.EndpointAnnotation.Port;

        var process = new RedisProcess(member, RedisServerProgram.Path!);
        resources[resources.IndexOf(container)] = process;
        member.Running = process;
        eventing.Subscribe<BeforeResourceStartedEvent>(process, (started, cancellationToken) => eventing.PublishAsync(new BeforeResourceStartedEvent(container, started.Services), cancellationToken));
        eventing.Subscribe<ResourceReadyEvent>(process, (ready, cancellationToken) => eventing.PublishAsync(new ResourceReadyEvent(container, ready.Services), cancellationToken));
        eventing.Subscribe<ResourceStoppedEvent>(process, (stopped, cancellationToken) =>
            eventing.PublishAsync(new ResourceStoppedEvent(container, stopped.Services, stopped.ResourceEvent), cancellationToken));
    }
}

/// <summary>Finds <c>redis-server</c>.</summary>
internal static class RedisServerProgram
{
    private const string Name = "redis-server";

    // Older ones do not know the permissions that the users are given.
    private const int LeastVersion = 7;

    /// <summary>The path of the program, whether or not it is recent enough; <see langword="null"/> if it is not installed.</summary>
    public static string? Path { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(System.IO.Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Select(directory => System.IO.Path.Combine(directory, Name)).FirstOrDefault(File.Exists);

    /// <summary>Checks that it is installed and recent enough.</summary>
    /// <exception cref="DistributedApplicationException">It is not.</exception>
    public static async Task CheckAsync(CancellationToken cancellationToken)
    {
        if (Path is null)
            throw new DistributedApplicationException("redis-server is not installed: install Redis 7 or newer (Debian, Ubuntu: apt-get install redis-server; macOS: brew install redis), or start Docker or Podman.");
        using var process = Process.Start(new ProcessStartInfo(Path, "--version") { UseShellExecute = false, RedirectStandardOutput = true })!;
        var version = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        if (RefusalOf(version) is { } refusal)
            throw new DistributedApplicationException($"{Path} {refusal}");
    }

    /// <summary>Why a server is refused whose <c>--version</c> says <paramref name="text"/>; <see langword="null"/> when it is not, or cannot be understood.</summary>
    public static string? RefusalOf(string text) =>
        text.Split([" v=", "."], StringSplitOptions.None) is [_, var major, ..] && int.TryParse(major, CultureInfo.InvariantCulture, out var number) && number < LeastVersion
            ? $"is too old: Redis {LeastVersion} or newer is needed. It is: {text.Trim()}"
            : null;
}
