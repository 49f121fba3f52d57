using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.AppHost;

/// <summary>What is published, as it was when somebody last looked at it.</summary>
public sealed class PublishingTests
{
    // One of each kind: the others differ in their names.
    private static readonly string[] Shown = ["redis-master", "redis-replica-1", "redis-sentinel-1", "apiservice"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public Task The_compose_file_has_a_topology_that_replicates() => AppHostUnderTest.PublishAsync("compose", async directory =>
    {
        await MatchAsync("docker-compose.yaml", await File.ReadAllTextAsync(Path.Combine(directory.FullName, "docker-compose.yaml"), Cancellation));

        Assert.DoesNotContain(AppHostUnderTest.Password, await File.ReadAllTextAsync(Path.Combine(directory.FullName, ".env"), Cancellation), StringComparison.Ordinal);
    });

    [Fact]
    public Task The_chart_has_a_topology_that_replicates() => AppHostUnderTest.PublishAsync("kubernetes", async directory =>
    {
        var files = Shown
            .SelectMany(name => directory.GetDirectories("templates").Single().GetDirectories(name).Single().GetFiles().OrderBy(file => file.Name, StringComparer.Ordinal))
            .Append(directory.GetFiles("values.yaml").Single());

        var text = new System.Text.StringBuilder();
        foreach (var file in files)
            text.Append("# ").Append(Path.GetRelativePath(directory.FullName, file.FullName)).Append('\n').Append(await File.ReadAllTextAsync(file.FullName, Cancellation)).Append('\n');

        await MatchAsync("chart.yaml", text.ToString());
    });

    // UPDATE_SNAPSHOTS=1 has the snapshot written anew.
    private static async Task MatchAsync(string name, string actual)
    {
        actual = actual.ReplaceLineEndings("\n");
        var path = Path.Combine(Repository.Root, "Tests", "AppHost", "Snapshots", name);
        if (Environment.GetEnvironmentVariable("UPDATE_SNAPSHOTS") == "1")
            await File.WriteAllTextAsync(path, actual, Cancellation);
        Assert.Equal((await File.ReadAllTextAsync(path, Cancellation)).ReplaceLineEndings("\n"), actual);
    }
}
