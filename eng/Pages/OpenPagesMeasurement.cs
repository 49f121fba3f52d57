using System.Diagnostics;
using System.Net.NetworkInformation;
using RedisAspire.Standalone;
using RedisAspire.Standalone.Processes;

namespace RedisAspire.Pages;

/// <summary>What fifty open pages cost the API, beside what it does without them.</summary>
internal static class OpenPagesMeasurement
{
    private const int Pages = 50;

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(30);

    // Connections that are not used any more are closed after a minute: then those that are left are streams.
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(75);

    public static async Task RunAsync(StandaloneApplication application, Chromium chromium, CancellationToken cancellationToken)
    {
        await using var visitors = new Visitors(application);
        await Task.Delay(Settling, cancellationToken);
        await MeasureAsync(application, pages: 0, cancellationToken);

        for (var i = 0; i < Pages; i++)
        {
            var page = await chromium.NewPageAsync();
            await page.OpenAsync(new Uri(application.Web!.Url, PageView.All[i % PageView.All.Count].Path));
        }

        await Task.Delay(Settling, cancellationToken);
        await MeasureAsync(application, Pages, cancellationToken);
    }

    private static async Task MeasureAsync(StandaloneApplication application, int pages, CancellationToken cancellationToken)
    {
        var (api, web) = (application.Apis[0], application.Web!);
        var (apiBefore, webBefore, started) = (TimeOf(api), TimeOf(web), Stopwatch.GetTimestamp());
        await Task.Delay(Period, cancellationToken);
        var elapsed = Stopwatch.GetElapsedTime(started);
        Report.Line($"{pages} pages: API {(TimeOf(api) - apiBefore) / elapsed:P1} of a core, {ConnectionsTo(api)} connections; web {(TimeOf(web) - webBefore) / elapsed:P1} of a core");
    }

    private static TimeSpan TimeOf(ServiceProcess service)
    {
        using var process = Process.GetProcessById(service.Process.Id);
        return process.TotalProcessorTime;
    }

    private static int ConnectionsTo(ServiceProcess service) => IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpConnections()
        .Count(connection => connection.State == TcpState.Established && connection.LocalEndPoint.Port == service.Url.Port);
}
