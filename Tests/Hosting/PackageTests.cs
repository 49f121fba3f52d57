using System.Diagnostics;
using System.Text.RegularExpressions;
using RedisAspire.Hosting;
using RedisAspire.RedisProcesses;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.Hosting;

/// <summary>The packages in somebody else's directory, by the steps of <c>docs/hosting.md</c>.</summary>
[Trait("Category", "Long")]
public sealed partial class PackageTests : IDisposable
{
    // Packages of the same version are taken from the cache of NuGet, whatever they contain.
    private readonly string _version = $"0.1.0-test.{Guid.NewGuid():N}";
    private readonly TemporaryDirectory _temporary = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Shop => Path.Combine(_temporary.Path, "shop");

    public void Dispose()
    {
        var packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        foreach (var package in new[] { "topology", "caching", "hosting" })
        {
            var directory = Path.Combine(packages, $"redisaspire.{package}", _version);
            if (!Directory.Exists(directory))
                continue;
            Directory.Delete(directory, recursive: true);
            if (Directory.GetParent(directory) is { } parent && !parent.EnumerateFileSystemInfos().Any())
                parent.Delete();
        }

        _temporary.Dispose();
    }

    [Fact]
    public async Task The_steps_of_the_documentation_lead_to_an_application_that_caches()
    {
        var document = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "hosting.md"), Cancellation);
        var (web, dashboard, otlp, resources) = (FreePorts.Take(null), FreePorts.Take(null), FreePorts.Take(null), FreePorts.Take(null));
        var commands = Command().Matches(document).Select(match => match.Groups["text"].Value).ToArray();
        Directory.CreateDirectory(Path.Combine(_temporary.Path, "RedisAspire"));

        var packed = await RunAsync(_temporary.Path, commands[0].Replace("../RedisAspire", Repository.Root, StringComparison.Ordinal).Replace("--output", $"-p:Version={_version} --output", StringComparison.Ordinal));
        Assert.True(packed.ExitCode == 0, packed.Output);
        foreach (Match file in NamedFile().Matches(document))
        {
            await File.WriteAllTextAsync(
                Path.Combine(Shop, file.Groups["name"].Value),
                file.Groups["text"].Value
                    .Replace("@0.1.0", $"@{_version}", StringComparison.Ordinal)
                    .Replace("15100", $"{dashboard}", StringComparison.Ordinal)
                    .Replace("5100", $"{web}", StringComparison.Ordinal)
                    .Replace("19100", $"{otlp}", StringComparison.Ordinal)
                    .Replace("20100", $"{resources}", StringComparison.Ordinal),
                Cancellation);
        }

        using var running = Start(Shop, $"exec {commands[1]}");
        var output = running.StandardOutput.ReadToEndAsync(Cancellation);
        try
        {
            using var http = new HttpClient { BaseAddress = new Uri($"http://localhost:{web}") };
            Assert.StartsWith("product 1, as of ", await AskAsync(http, running), StringComparison.Ordinal);
            // What is asked for before the service has found its nodes is answered by the source, and not stored.
            await Eventually.HoldsAsync("the answer is that of before, and does not take the two seconds of the source", async () =>
            {
                var before = await http.GetStringAsync(new Uri("/products/1", UriKind.Relative), Cancellation);
                var asked = Stopwatch.GetTimestamp();
                return await http.GetStringAsync(new Uri("/products/1", UriKind.Relative), Cancellation) == before && Stopwatch.GetElapsedTime(asked) < TimeSpan.FromSeconds(1.5);
            });
        }
        finally
        {
            using var end = Process.Start("kill", ["-TERM", $"{running.Id}"]);
            await end.WaitForExitAsync(Cancellation);
            await running.WaitForExitAsync(Cancellation);
        }

        Assert.Contains("Distributed application started.", await output, StringComparison.Ordinal);
    }

    // Until everything has been built and started nobody listens.
    private static async Task<string> AskAsync(HttpClient http, Process running)
    {
        string? answer = null;
        await Eventually.HoldsAsync(
            "the service answers",
            async () =>
            {
                Assert.False(running.HasExited, "The app host has ended.");
                try
                {
                    answer = await http.GetStringAsync(new Uri("/products/1", UriKind.Relative), Cancellation);
                    return true;
                }
                catch (HttpRequestException)
                {
                    return false;
                }
            });
        return answer!;
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(string directory, string command)
    {
        using var process = Start(directory, command);
        var output = await process.StandardOutput.ReadToEndAsync(Cancellation);
        await process.WaitForExitAsync(Cancellation);
        return (process.ExitCode, output);
    }

    private static Process Start(string directory, string command) => Process.Start(
        new ProcessStartInfo("bash", ["-c", $"{command} 2>&1"]) { WorkingDirectory = directory, RedirectStandardOutput = true, UseShellExecute = false })!;

    // `apphost.cs`: and then the text.
    [GeneratedRegex("^`(?<name>[a-z.]+)`[^`]*:\n\n```[a-z]+\n(?<text>.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NamedFile();

    [GeneratedRegex("^```bash\n(?<text>.*?)\n```", RegexOptions.Singleline | RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Command();
}
