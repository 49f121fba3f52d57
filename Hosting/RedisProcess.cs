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
    /// <param name="member">The member.</param>
    /// <param name="resources">The model.</param>
    /// <param name="eventing">Where the events are passed on.</param>
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
