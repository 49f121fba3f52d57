using System.CommandLine;
using System.CommandLine.Parsing;

namespace RedisAspire.Pages;

/// <summary>The commands of the program and their options.</summary>
internal static class CommandLine
{
    private static readonly Option<Uri> Web = Address("--web", "Address of the web page.", "http://localhost:5000");
    private static readonly Option<Uri> Api = Address("--api", "Address of the API.", "http://localhost:5001");
    private static readonly Option<string> AdminKey = new("--admin-key") { Description = "What a request must carry that changes or breaks something: ./run --admin-key.", Required = true, Recursive = true };
    private static readonly Option<string> OperatorToken = new("--operator-token") { Description = "What an operator logs in with: ./run --operator-token.", Required = true, Recursive = true };
    private static readonly Option<string?> Redis = new("--redis") { Description = "Connection string of the master, for many-keys: localhost:6379,password=…", Recursive = true };

    public static RootCommand Create() => new("Looks at the pages of the running application in a real browser. Start it with ./run first.")
    {
        Web, Api, AdminKey, OperatorToken, Redis, ScreenshotsCommand(), MeasureCommand(),
    };

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
            parsed,
            (application, chromium) => new Screenshots(
                application, chromium, parsed.GetRequiredValue(output), parsed.GetRequiredValue(pages), parsed.GetRequiredValue(widths), parsed.GetValue(height),
                parsed.GetRequiredValue(language)).TakeAsync(cancellationToken)));
        return command;
    }

    private static Command MeasureCommand()
    {
        var measurements = new Dictionary<string, Func<VisitedApplication, Chromium, CancellationToken, Task>>(StringComparer.Ordinal)
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
                    parsed,
                    (application, chromium) => measurements[name](application, chromium, cancellationToken));
        });
        return command;
    }

    private static async Task OnApplicationAsync(ParseResult parsed, Func<VisitedApplication, Chromium, Task> action)
    {
        var application = new VisitedApplication(parsed.GetRequiredValue(Web), parsed.GetRequiredValue(Api), parsed.GetRequiredValue(AdminKey), parsed.GetRequiredValue(OperatorToken), parsed.GetValue(Redis));
        await using var chromium = await Chromium.StartAsync();
        await action(application, chromium);
    }

    private static Option<Uri> Address(string name, string description, string byDefault) =>
        new(name) { Description = description, DefaultValueFactory = _ => new Uri(byDefault), CustomParser = ParseAddress, Recursive = true };

    private static Uri? ParseAddress(ArgumentResult argument)
    {
        if (Uri.TryCreate(argument.Tokens[^1].Value, UriKind.Absolute, out var address))
            return address;
        argument.AddError($"'{argument.Tokens[^1].Value}' is not an address such as http://localhost:5000.");
        return null;
    }
}
