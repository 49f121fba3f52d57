namespace RedisAspire.Tests.AppHost;

/// <summary>The application with its nodes as containers, where a container runtime answers.</summary>
public sealed class ContainerApplicationTests(ContainerApplicationTests.Running running) : ApplicationTests(running), IClassFixture<ContainerApplicationTests.Running>
{
    public sealed class Running() : RunningApplication("container");
}
