namespace RedisAspire.Tests.AppHost;

/// <summary>The application with its nodes as containers, where a container runtime answers.</summary>
[Trait("Category", "Long")]
public sealed class ContainerApplicationTests(ContainerApplicationTests.Running running) : ApplicationTests(running), IClassFixture<ContainerApplicationTests.Running>
{
    public sealed class Running() : RunningApplication("--Redis:Runtime=container")
    {
        private string? _skipReason;

        public override string? SkipReason => _skipReason;

        public override async ValueTask InitializeAsync()
        {
            _skipReason = await AppHostUnderTest.WhyNoContainersAsync();
            await base.InitializeAsync();
        }

        // Nodes in containers are the engine's: no test ends them otherwise than by the API.
        public override Task RestoreAsync() => SkipReason is null ? RestoreServicesAsync() : Task.CompletedTask;
    }
}
