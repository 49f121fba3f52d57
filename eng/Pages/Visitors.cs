using System.Net.Http.Json;

namespace RedisAspire.Pages;

/// <summary>People who use the application, so that there is something to see.</summary>
internal sealed class Visitors : IAsyncDisposable
{
    private const int Count = 4;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(400);

    // From the most to the least popular.
    private static readonly string[] Keys =
    [
        "foo", "bar", "active users", "home page", "user:1042", "prices", "weather:paris", "user:7", "menu", "exchange rates", "user:311", "top stories",
        "weather:lyon", "stock:hub", "user:58", "translations:fr", "orders:today", "user:2003", "settings", "invoice:98-114", "map tiles", "user:640",
    ];

    private readonly HttpClient _api;
    private readonly CancellationTokenSource _leaving = new();
    private readonly Task _looking;

    /// <summary>They come, and ask for keys until they leave.</summary>
    public Visitors(VisitedApplication application)
    {
        _api = new HttpClient { BaseAddress = application.Api };
        _api.DefaultRequestHeaders.Add("X-Admin-Key", application.AdminKey);
        _looking = Task.WhenAll(Enumerable.Range(0, Count).Select(visitor => LookAsync(new Random(visitor), _leaving.Token)));
    }

    /// <summary>Leave a job in the queue, count, and measure.</summary>
    public async Task WorkAsync(CancellationToken cancellationToken)
    {
        await PostAsync("api/queue", new { keys = Keys }, cancellationToken);
        foreach (var (counter, by) in ((string, int)[])[("visitors", 1284), ("downloads", 317), ("coffees", 42)])
            await PostAsync($"api/counters/{counter}/increment?by={by}", body: null, cancellationToken);
        // Not so many requests that the others are lost in the figures.
        foreach (var level in (string[])["source", "redis"])
            await PostAsync("api/bench", new { level, requests = 128, concurrency = 64 }, cancellationToken);
    }

    /// <summary>Crash the master, wait for another one, and put the first in its place again.</summary>
    public async Task RehearseFailoverAsync(CancellationToken cancellationToken)
    {
        var node = (await NodesAsync(cancellationToken)).Single(node => node.Role == "master").Name;
        await PostAsync($"api/nodes/{node}/stop", body: null, cancellationToken);
        await WaitForNodesAsync(nodes => nodes.Any(other => other.Role == "master" && other.Name != node), cancellationToken);
        await PostAsync($"api/nodes/{node}/start", body: null, cancellationToken);
        await WaitForNodesAsync(AreLinked, cancellationToken);
        await PostAsync($"api/nodes/{node}/promote", body: null, cancellationToken);
        await WaitForNodesAsync(AreLinked, cancellationToken);

        static bool AreLinked(Node[] nodes) => nodes.All(node => node is { Status: "up", Role: "master" } or { Status: "up", Link: "up" });
    }

    public async ValueTask DisposeAsync()
    {
        await _leaving.CancelAsync();
        await _looking;
        _leaving.Dispose();
        _api.Dispose();
    }

    private async Task LookAsync(Random random, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            // Few keys are asked for most of the time, one in twenty for the first time, and some answers come from Redis, not from the API's own memory.
            var key = random.Next(20) == 0 ? $"order:{random.Next(10_000)}" : Keys[(int)(Keys.Length * Math.Pow(random.NextDouble(), 3))];
            var bypass = random.Next(3) == 0 ? "true" : "false";
            await Task.WhenAll(
                _api.GetStringAsync(new Uri($"data/{Uri.EscapeDataString(key)}?bypassNear={bypass}", UriKind.Relative), cancellationToken),
                Task.Delay(Pause, cancellationToken)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task WaitForNodesAsync(Func<Node[], bool> condition, CancellationToken cancellationToken)
    {
        while (!condition(await NodesAsync(cancellationToken)))
            await Task.Delay(Pause, cancellationToken);
    }

    private async Task<Node[]> NodesAsync(CancellationToken cancellationToken) =>
        await _api.GetFromJsonAsync<Node[]>(new Uri("api/nodes", UriKind.Relative), cancellationToken) ?? [];

    private async Task PostAsync(string path, object? body, CancellationToken cancellationToken)
    {
        using var response = await _api.PostAsJsonAsync(new Uri(path, UriKind.Relative), body, cancellationToken);
        response.EnsureSuccessStatusCode();
    }

    private sealed record Node(string Name, string Role, string Status, string? Link);
}
