using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using RedisAspire.Tests.AppHost;

namespace RedisAspire.Tests.Reliability;

/// <summary>Writes products one after another and remembers which of them a replica is known to have.</summary>
internal sealed class CatalogueWriter(Uri api) : IAsyncDisposable
{
    // So many that what was lost is not written again before it is looked for.
    private const int Products = 500;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    private readonly HttpClient _http = new() { BaseAddress = api, Timeout = TimeSpan.FromSeconds(10), DefaultRequestHeaders = { { "X-Admin-Key", AppHostUnderTest.AdminKey } } };
    private readonly ConcurrentDictionary<string, ImmutableStack<(TimeSpan At, int Price)>> _durable = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<TimeSpan> _succeeded = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private Task? _run;

    /// <summary>Writes that a replica acknowledged.</summary>
    public int Durable { get; private set; }

    /// <summary>Writes that were done, but said to be in danger.</summary>
    public int AtRisk { get; private set; }

    /// <summary>Writes that were refused, or of which it is not known whether they were done.</summary>
    public int Failed { get; private set; }

    /// <summary>The longest time between two writes that were done.</summary>
    public TimeSpan LongestPause => _succeeded.Zip(_succeeded.Skip(1), static (one, next) => next - one).DefaultIfEmpty().Max();

    /// <summary>When the last write began that was done.</summary>
    public TimeSpan LastSuccessBegan { get; private set; }

    /// <summary>The time by the same clock.</summary>
    public TimeSpan Now => _clock.Elapsed;

    public void Start() => _run = RunAsync();

    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        if (_run is not null)
            await _run;
    }

    /// <summary>What was acknowledged from then until now may be lost: nobody was promised that it survives this.</summary>
    public void MayLoseSince(TimeSpan then)
    {
        foreach (var (id, writes) in _durable)
            _durable[id] = [.. writes.Where(write => write.At < then).Reverse()];
    }

    /// <summary>Reads every product again.</summary>
    /// <returns>Those that are older than what was acknowledged.</returns>
    public async Task<IReadOnlyList<string>> FindLostAsync(CancellationToken cancellationToken)
    {
        var lost = new List<string>();
        foreach (var (id, writes) in _durable.Where(written => !written.Value.IsEmpty))
        {
            var price = writes.Peek().Price;
            using var answer = await GetAsync(id, cancellationToken);
            var found = answer.StatusCode == HttpStatusCode.OK
                ? (await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken)).GetProperty("data").GetProperty("price").GetInt32()
                : -1;
            if (found < price)
                lost.Add($"{id}: {price} was acknowledged, {found} is there ({(int)answer.StatusCode})");
        }

        return lost;
    }

    public override string ToString() =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Durable} writes acknowledged by a replica, {AtRisk} said to be at risk, {Failed} failed; longest pause {LongestPause.TotalSeconds:0.00} s");

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _http.Dispose();
        _stopping.Dispose();
    }

    // Who has just got a new master may not know it yet.
    private async Task<HttpResponseMessage> GetAsync(string id, CancellationToken cancellationToken)
    {
        HttpResponseMessage? answer = null;
        await Support.Eventually.HoldsAsync($"{id} can be read", async () =>
        {
            answer?.Dispose();
            answer = await _http.GetAsync(new Uri($"/api/db/products/{id}", UriKind.Relative), cancellationToken);
            return answer.StatusCode != HttpStatusCode.ServiceUnavailable;
        });
        return answer!;
    }

    private async Task RunAsync()
    {
        for (var number = 1; !_stopping.IsCancellationRequested; number++)
        {
            await WriteAsync($"drill-{number % Products}", number);
            await Task.Delay(Pause, CancellationToken.None);
        }
    }

    private async Task WriteAsync(string id, int price)
    {
        var began = _clock.Elapsed;
        try
        {
            using var answer = await _http.PutAsJsonAsync(
                new Uri($"/api/db/products/{id}", UriKind.Relative), new { name = "Drill", category = "tools", price, in_stock = true }, CancellationToken.None);
            if (!answer.IsSuccessStatusCode)
            {
                Failed++;
                return;
            }

            _succeeded.Enqueue(_clock.Elapsed);
            LastSuccessBegan = began;
            if ((await answer.Content.ReadFromJsonAsync<JsonElement>(CancellationToken.None)).GetProperty("durable").GetBoolean())
            {
                Durable++;
                _durable.AddOrUpdate(id, _ => [(_clock.Elapsed, price)], (_, writes) => writes.Push((_clock.Elapsed, price)));
            }
            else
                AtRisk++;
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException)
        {
            Failed++;
        }
    }
}
