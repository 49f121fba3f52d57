using Microsoft.Playwright;

namespace RedisAspire.Pages;

/// <summary>Pictures of the pages in use, in light and dark.</summary>
internal sealed class Screenshots(VisitedApplication application, Chromium chromium)
{
    /// <summary>The width that a picture's name does not mention.</summary>
    public const int UsualWidth = 1280;

    // Charts over time need some.
    private static readonly TimeSpan Busy = TimeSpan.FromSeconds(45);

    /// <summary>Where the pictures go.</summary>
    public required DirectoryInfo Output { get; init; }

    /// <summary>The names of the pages.</summary>
    public required IReadOnlyCollection<string> Pages { get; init; }

    /// <summary>How wide the window is.</summary>
    public required IReadOnlyCollection<int> Widths { get; init; }

    /// <summary>How high a picture is; that of the whole page if nothing is said.</summary>
    public int? Height { get; init; }

    /// <summary>The visitor's language.</summary>
    public required string Language { get; init; }

    public async Task TakeAsync(CancellationToken cancellationToken)
    {
        Output.Create();
        // Figures are collected while somebody watches.
        var watching = await chromium.NewPageAsync();
        await watching.OpenAsync(application.Web);
        await using var visitors = new Visitors(application);
        var busy = Task.Delay(Busy, cancellationToken);
        await visitors.WorkAsync(cancellationToken);
        await visitors.RehearseFailoverAsync(cancellationToken);
        await busy;

        foreach (var view in PageView.All.Where(view => Pages.Contains(view.Name, StringComparer.Ordinal)))
            foreach (var width in Widths)
                foreach (var colorScheme in (ColorScheme[])[ColorScheme.Light, ColorScheme.Dark])
                    await TakeAsync(view, width, colorScheme);
    }

    private async Task TakeAsync(PageView view, int width, ColorScheme colorScheme)
    {
        var page = await chromium.NewPageAsync(width, colorScheme, Language);
        await page.OpenAsync(application.AsOperator(view.Path));
        await view.UseAsync(page);
        // Nothing is pointed at or has the focus.
        await page.Mouse.MoveAsync(0, 0);
        await page.EvaluateAsync("document.activeElement.blur(), scrollTo(0, 0), document.fonts.ready");
        // A window as high as the page, so that nothing is scrolled.
        var height = await page.EvaluateAsync<int>("document.documentElement.scrollHeight");
        await page.SetViewportSizeAsync(width, height);

        var path = Path.Combine(Output.FullName, $"{view.Name}{(width == UsualWidth ? "" : $"-{width}")}-{(colorScheme == ColorScheme.Dark ? "dark" : "light")}.png");
        await page.ScreenshotAsync(new PageScreenshotOptions
        {
            Path = path,
            Animations = ScreenshotAnimations.Disabled,
            Clip = new Clip { Width = width, Height = Math.Min(height, Height ?? height) },
        });
        await page.Context.DisposeAsync();
        Console.WriteLine(path);
    }
}
