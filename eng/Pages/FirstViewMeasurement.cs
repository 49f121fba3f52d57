namespace RedisAspire.Pages;

/// <summary>How long after the navigation began a page is usable, and what it transfers, in browsers that were never here.</summary>
internal static class FirstViewMeasurement
{
    private const int Views = 11;

    // In the browser itself, so that nothing of this program's is in the time.
    private const string NoteWhenUsable = $$"""
        new MutationObserver((_, observer) => {
          if (document.querySelector('{{PageExtensions.Usable}}')) {
            window.usableAt = performance.now();
            observer.disconnect();
          }
        }).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ['data-live', 'data-ready'] });
        """;

    private const string SumTransfers = """
        [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
          .filter(entry => !/\.woff2?(\?|$)/.test(entry.name)).reduce((sum, entry) => sum + entry.transferSize, 0)
        """;

    public static async Task RunAsync(VisitedApplication application, Chromium chromium, CancellationToken cancellationToken)
    {
        Report.Line($"First view of {Views} visitors each, navigation to live:");
        foreach (var view in PageView.All)
        {
            var times = new List<double>();
            var transferred = 0;
            for (var i = 0; i < Views; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var page = await chromium.NewPageAsync();
                await page.AddInitScriptAsync(NoteWhenUsable);
                await page.OpenAsync(new Uri(application.Web, view.Path));
                times.Add(await page.EvaluateAsync<double>("window.usableAt"));
                transferred = await page.EvaluateAsync<int>(SumTransfers);
                await page.Context.DisposeAsync();
            }

            Report.Line($"{view.Name,-16} {Report.Summary(times)}; {transferred / 1000d:F0} kB without fonts");
        }
    }
}
