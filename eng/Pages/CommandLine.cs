using System.CommandLine;
using RedisAspire.Standalone;

namespace RedisAspire.Pages;

/// <summary>The commands of the program and their options.</summary>
internal static class CommandLine
{
    public static RootCommand Create() => new("Starts the whole application and looks at its pages in a real browser.") { ScreenshotsCommand(), MeasureCommand() };

    private static Command ScreenshotsCommand()
    {
        var output = new Option<DirectoryInfo>("--output") { Description = "Where the pictures go.", DefaultValueFactory = _ => new DirectoryInfo("artifacts/screenshots") };
        var pages = new Option<string[]>("--pages") { Description = "Which pages (default: all).", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => PageView.Names };
        pages.AcceptOnlyFromAmong(PageView.Names);
        var widths = new Option<int[]>("--widths") { Description = "Widths of the window in pixels.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [Screenshots.UsualWidth] };
        var language = new Option<string>("--language") { Description = "The visitor's language.", DefaultValueFactory = _ => "en" };
        language.AcceptOnlyFromAmong("en", "fr");
        var height = new Option<int?>("--height") { Description = "Height of the pictures in pixels (default: that of the whole page)." };

        var command = new Command("screenshots", "Takes pictures of the pages in use, in light and dark.") { output, pages, widths, height, language };
        command.SetAction((parsed, cancellationToken) => OnApplicationAsync(
            new LaunchOptions(),
            (application, chromium) => new Screenshots(application, chromium)
            {
                Output = parsed.GetRequiredValue(output),
                Pages = parsed.GetRequiredValue(pages),
                Widths = parsed.GetRequiredValue(widths),
                Height = parsed.GetValue(height),
                Language = parsed.GetRequiredValue(language),
            }.TakeAsync(cancellationToken),
            cancellationToken));
        return command;
    }

    private static Command MeasureCommand()
    {
        var measurements = new Dictionary<string, Func<StandaloneApplication, Chromium, CancellationToken, Task>>(StringComparer.Ordinal)
        {
            ["first-view"] = FirstViewMeasurement.RunAsync,
            ["open-pages"] = OpenPagesMeasurement.RunAsync,
            ["many-keys"] = ManyKeysMeasurement.RunAsync,
        };
        var what = new Argument<string[]>("what") { Description = "What is measured (default: everything).", DefaultValueFactory = _ => [.. measurements.Keys] };
        what.AcceptOnlyFromAmong([.. measurements.Keys]);

        var command = new Command("measure", "Measures how quick the pages are, and what they cost.") { what };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            foreach (var name in parsed.GetRequiredValue(what))
                await OnApplicationAsync(
                    new LaunchOptions { WebPort = 0, ApiPort = 0, RedisPort = 0, SentinelPort = 0 },
                    (application, chromium) => measurements[name](application, chromium, cancellationToken),
                    cancellationToken);
        });
        return command;
    }

    private static async Task OnApplicationAsync(LaunchOptions options, Func<StandaloneApplication, Chromium, Task> action, CancellationToken cancellationToken)
    {
        await using var application = await StandaloneApplication.StartAsync(options, DataDirectory.CreateTemporary(), LaunchLog.Silent, cancellationToken);
        await using var chromium = await Chromium.StartAsync();
        await action(application, chromium);
    }
}
