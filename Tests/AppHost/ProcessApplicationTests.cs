namespace RedisAspire.Tests.AppHost;

/// <summary>The application with its nodes as <c>redis-server</c> processes.</summary>
public sealed class ProcessApplicationTests(ProcessApplicationTests.Running running) : ApplicationTests(running), IClassFixture<ProcessApplicationTests.Running>
{
    public sealed class Running() : RunningApplication("process");
}
