using System.Diagnostics;
using System.Net.NetworkInformation;

namespace RedisAspire.Pages;

/// <summary>What fifty open pages cost the API, beside what it does without them.</summary>
internal static class OpenPagesMeasurement
{
    private const int Pages = 50;

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(30);

    // Connections that are not used any more are closed after a minute: then those that are left are streams.
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(75);

    public static async Task RunAsync(VisitedApplication application, Chromium chromium, CancellationToken cancellationToken)
    {
        await using var visitors = new Visitors(application);
        await Task.Delay(Settling, cancellationToken);
        await MeasureAsync(application, pages: 0, cancellationToken);

        for (var i = 0; i < Pages; i++)
        {
            var page = await chromium.NewPageAsync();
            await page.OpenAsync(new Uri(application.Web, PageView.All[i % PageView.All.Count].Path));
        }

        await Task.Delay(Settling, cancellationToken);
        await MeasureAsync(application, Pages, cancellationToken);
    }

    private static async Task MeasureAsync(VisitedApplication application, int pages, CancellationToken cancellationToken)
    {
        var (apiBefore, webBefore, started) = (ApiTime(), WebTime(), Stopwatch.GetTimestamp());
        await Task.Delay(Period, cancellationToken);
        var elapsed = Stopwatch.GetElapsedTime(started);
        Report.Line($"{pages} pages: API {(ApiTime() - apiBefore) / elapsed:P1} of a core, {ConnectionsTo(application.Api)} connections; web {(WebTime() - webBefore) / elapsed:P1} of a core");
    }

    private static TimeSpan ApiTime() => VisitedApplication.ProcessorTimeOf(VisitedApplication.ApiProgram);

    private static TimeSpan WebTime() => VisitedApplication.ProcessorTimeOf(VisitedApplication.WebProgram);

    private static int ConnectionsTo(Uri service) => IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpConnections()
        .Count(connection => connection.State == TcpState.Established && connection.LocalEndPoint.Port == service.Port);
}
