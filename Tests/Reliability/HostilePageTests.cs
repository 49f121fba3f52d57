using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using RedisAspire.RedisProcesses;
using RedisAspire.Tests.AppHost;
using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.Reliability;

/// <summary>Every operation of the API and every page, asked for at both ports in every form that a request line can have, by somebody without key or token.</summary>
[Collection(nameof(ProcessApplicationCollection))]
public sealed class HostilePageTests(ProcessApplication application, ITestOutputHelper output)
{
    private static readonly string[] Pages = ["/", "/topology", "/workshop", "/keys", "/console", "/catalogue", "/lab", "/statistics", "/class", "/projector", "/join", "/leave", "/how-it-works", "/login", "/logout", "/language/fr", "/error", "/not-found", "/data/canary", "/app.css", "/_blazor", "/_framework/blazor.web.js", "/health", "/alive"];

    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"];

    // {0} is a path, {1} the address of a stranger, {2} the address that is asked.
    private static readonly string[] Targets =
    [
        "{0}", "//{1}{0}", "//{1}/../..{0}", "http://{1}{0}", "http://{2}{0}", "http://{2}/data/x\\..\\..{0}", "/data/x\\..\\..{0}", "/data/../..{0}", "/data/..%2F..{0}", "/data/%5C..%5C..{0}", "/.{0}", "/%2e%2e{0}", "{0}/../../..", "{0}\\", "{0};x=y", "{0}?returnUrl=//{1}&t=guessed", "/data?key=http://{1}{0}",
    ];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public Task Nothing_fails_nothing_is_fetched_elsewhere_and_nothing_is_changed() => AssertHarmlessAsync(isEveryPathAskedInEveryForm: false);

    [Fact]
    [Trait("Category", "Long")]
    public Task Nor_by_any_path_in_any_form() => AssertHarmlessAsync(isEveryPathAskedInEveryForm: true);

    private async Task AssertHarmlessAsync(bool isEveryPathAskedInEveryForm)
    {
        using var stranger = new TcpListener(IPAddress.Loopback, 0);
        stranger.Start();
        var elsewhere = $"127.0.0.1:{((IPEndPoint)stranger.LocalEndpoint).Port}";
        await application.RestoreAsync();
        var master = await application.Redis.CurrentMasterAsync();
        await master.ExecuteAsync("SET", "canary:page", "sings");
        var before = await DumpAsync(master);
        var answers = new ConcurrentDictionary<int, int>();
        var failures = new ConcurrentQueue<string>();

        await Parallel.ForEachAsync(
            Requests(await PathsAsync(), elsewhere, isEveryPathAskedInEveryForm),
            new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Cancellation },
            async (request, cancellationToken) =>
            {
                // Redis may be slow for a moment, since other tests run: a client that is asked to try again does so.
                HostileAnswer? answer = null;
                await Eventually.HoldsAsync("Redis is available", async () =>
                    (answer = await HostileAnswer.ToAsync(request.Port, Encoding.Latin1.GetBytes(request.Text), cancellationToken)).Status != (int)HttpStatusCode.ServiceUnavailable);
                answers.AddOrUpdate(answer!.Status, 1, (_, count) => count + 1);
                if (answer.Status >= 500)
                    failures.Enqueue($"{answer} to {request.Text}");
            });

        output.WriteLine(string.Join(", ", answers.OrderBy(answer => answer.Key).Select(answer => $"{answer.Key}: {answer.Value}")));
        Assert.True(failures.IsEmpty, string.Join("\n\n", failures.Take(5)));
        Assert.True(answers.ContainsKey((int)HttpStatusCode.OK) && answers.ContainsKey((int)HttpStatusCode.Unauthorized), "Nothing got through: the requests are not what they should be.");
        Assert.False(stranger.Pending(), "Somebody has connected to a stranger.");
        Assert.Equal(before, await DumpAsync(master));
    }

    // Every path in the plain form with every method; a tenth of them, other ones each time, in all other forms, or all.
    private IEnumerable<(int Port, string Text)> Requests(string[] paths, string elsewhere, bool isEveryPathAskedInEveryForm)
    {
        var inEveryForm = isEveryPathAskedInEveryForm ? paths : Random.Shared.GetItems(paths, paths.Length / 10);
        foreach (var port in new[] { application.Apis[0].Url.Port, application.Web.Url.Port })
        {
            var here = $"localhost:{port}";
            foreach (var path in paths)
            {
                foreach (var target in inEveryForm.Contains(path) ? Targets : Targets[..1])
                {
                    foreach (var method in target == "{0}" ? Methods : ["GET", "DELETE"])
                        yield return (port, Request(method, string.Format(CultureInfo.InvariantCulture, target, path, elsewhere, here), here));
                }
            }

            yield return (port, Request("CONNECT", elsewhere, here));
            yield return (port, Request("GET", elsewhere, here));
            yield return (port, Request("GET", "/", elsewhere));
            yield return (port, Request("GET", "/data/x", $"{here}\r\nX-Forwarded-Host: {elsewhere}\r\nX-Forwarded-For: {elsewhere}\r\nForwarded: host={elsewhere}"));
        }
    }

    // A stream has no end: nobody asks for one here.
    private async Task<string[]> PathsAsync()
    {
        using var api = new HttpClient { BaseAddress = application.Apis[0].Url };
        var document = await api.GetFromJsonAsync<JsonElement>(new Uri("/openapi/v1.json", UriKind.Relative), Cancellation);
        return
        [
            .. document.GetProperty("paths").EnumerateObject().Select(path => path.Name).Where(path => path != "/api/events")
                .Select(path => path.Replace("{name}", "redis-master", StringComparison.Ordinal).Replace("{id}", "prod1", StringComparison.Ordinal).Replace("{key}", "canary", StringComparison.Ordinal)),
            .. Pages,
        ];
    }

    private static string Request(string method, string target, string host) =>
        $"{method} {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{{}}";

    // The catalogue and what others keep in the same Redis.
    private static async Task<string[]> DumpAsync(RedisServer master)
    {
        var keys = (string[])(await master.ExecuteAsync("KEYS", "db:*"))!;
        return await Task.WhenAll(keys.Append("canary:page").Order(StringComparer.Ordinal).Select(async key =>
            // The order of a set is nobody's business, and reading alone may change it.
            (string?)await master.ExecuteAsync("TYPE", key) == "set"
                ? $"{key} {string.Join(' ', ((string[])(await master.ExecuteAsync("SMEMBERS", key))!).Order(StringComparer.Ordinal))}"
                : $"{key} {Convert.ToHexString((byte[])(await master.ExecuteAsync("DUMP", key))!)}"));
    }
}
