using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using RedisAspire.Tests.AppHost;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.ApiService;

/// <summary>What <c>docs/api.md</c> shows, typed into a shell as it stands there.</summary>
[Collection(nameof(ProcessApplicationCollection))]
public sealed partial class TourTests(ProcessApplication application) : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("tour-");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task Every_line_of_the_tour_answers_what_it_says()
    {
        await application.RestoreAsync();
        var tour = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "api.md"), Cancellation);
        var blocks = BlockPattern().Matches(tour).Select(match => match.Groups["lines"].Value).ToArray();
        var settings = $"{blocks[0]}API={application.Apis[0].Url.ToString().TrimEnd('/')} KEY={AppHostUnderTest.AdminKey}\n";
        var lines = blocks[1..].SelectMany(block => block.Split('\n', StringSplitOptions.RemoveEmptyEntries)).ToArray();

        var wrong = new List<string>();
        foreach (var line in lines)
        {
            var comment = CommentPattern().Match(line);
            var expected = comment.Groups["status"] is { Success: true } status ? status.Value : null;
            var (statuses, output) = (Array.Empty<string>(), "");
            // A client that is asked to try again in a moment, because Redis is not available, does so.
            await Eventually.HoldsAsync(line, async () =>
            {
                (statuses, output) = await TypeAsync(settings + line, isEndless: comment.Value.EndsWith("Ctrl-C", StringComparison.Ordinal));
                return expected == "503" || !statuses.Contains("503", StringComparer.Ordinal);
            });
            var isExpected = expected is null ? statuses.All(status => status.StartsWith('2')) : statuses[^1] == expected;
            if (!isExpected || output.Contains("event: failed", StringComparison.Ordinal))
                wrong.Add($"{line}\n{string.Join(' ', statuses)} {output}");
        }

        Assert.True(lines.Length > 50);
        Assert.True(wrong.Count == 0, string.Join("\n\n", wrong));
    }

    // The status of every answer goes to the other output, where it changes nothing of what a line does with the answer.
    private async Task<(string[] Statuses, string Output)> TypeAsync(string script, bool isEndless)
    {
        await File.WriteAllTextAsync(
            Path.Combine(_directory.FullName, ".curlrc"),
            string.Create(CultureInfo.InvariantCulture, $"silent\nmax-time = {(isEndless ? 3 : 60)}\nwrite-out = \"%{{stderr}}%{{http_code}}\\n\"\n"),
            Cancellation);
        var start = new ProcessStartInfo("bash", ["-c", script])
        {
            WorkingDirectory = _directory.FullName,
            Environment = { ["CURL_HOME"] = _directory.FullName },
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var bash = Process.Start(start)!;
        var output = bash.StandardOutput.ReadToEndAsync(Cancellation);
        var statuses = await bash.StandardError.ReadToEndAsync(Cancellation);
        await bash.WaitForExitAsync(Cancellation);
        return (statuses.Split('\n', StringSplitOptions.RemoveEmptyEntries), await output);
    }

    [GeneratedRegex(@"^```bash\n(?<lines>.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex BlockPattern();

    // A comment may begin with a status.
    [GeneratedRegex(@" # ((?<status>[0-9]{3}): )?[^#]*$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex CommentPattern();
}
