using Microsoft.Playwright;

namespace RedisAspire.Pages;

/// <summary>Pictures of the pages in use, in light and dark; of a whole page each, if no height is given.</summary>
internal sealed class Screenshots(
    VisitedApplication application, Chromium chromium, DirectoryInfo output, string[] pages, int[] widths, int? height, string language)
{
    /// <summary>The width that a picture's name does not mention.</summary>
    public const int UsualWidth = 1280;

    // Charts over time need some.
    private static readonly TimeSpan Busy = TimeSpan.FromSeconds(45);

    public async Task TakeAsync(CancellationToken cancellationToken)
    {
        output.Create();
        // Figures are collected while somebody watches.
        var watching = await chromium.NewPageAsync();
        await watching.OpenAsync(application.Web);
        await using var visitors = new Visitors(application);
        var busy = Task.Delay(Busy, cancellationToken);
        await visitors.WorkAsync(cancellationToken);
        await visitors.RehearseFailoverAsync(cancellationToken);
        await busy;

        foreach (var view in PageView.All.Where(view => pages.Contains(view.Name, StringComparer.Ordinal)))
            foreach (var width in widths)
                foreach (var colorScheme in (ColorScheme[])[ColorScheme.Light, ColorScheme.Dark])
                    await TakeAsync(view, width, colorScheme);
    }

    private async Task TakeAsync(PageView view, int width, ColorScheme colorScheme)
    {
        var page = await chromium.NewPageAsync(width, colorScheme, language);
        await page.OpenAsync(application.AsOperator(view.Path));
        await view.UseAsync(page);
        // Nothing is pointed at or has the focus.
        await page.Mouse.MoveAsync(0, 0);
        await page.EvaluateAsync("document.activeElement.blur(), scrollTo(0, 0), document.fonts.ready");
        // A window as high as the page, so that nothing is scrolled.
        var whole = await page.EvaluateAsync<int>("document.documentElement.scrollHeight");
        await page.SetViewportSizeAsync(width, whole);

        var path = Path.Combine(output.FullName, $"{view.Name}{(width == UsualWidth ? "" : $"-{width}")}-{(colorScheme == ColorScheme.Dark ? "dark" : "light")}.png");
        await page.ScreenshotAsync(new PageScreenshotOptions
        {
            Path = path,
            Animations = ScreenshotAnimations.Disabled,
            Clip = new Clip { Width = width, Height = Math.Min(whole, height ?? whole) },
        });
        await page.Context.DisposeAsync();
        Console.WriteLine(path);
    }
}
