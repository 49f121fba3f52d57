using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using RedisAspire.Benchmarks.Load;

namespace RedisAspire.Tests.Reliability;

/// <summary>Asks the API for data at a constant rate, whether answers come or not, and the page now and then.</summary>
internal sealed class LoadGenerator : IAsyncDisposable
{
    private const int RequestsPerSecond = 200;
    private const int PageEvery = 40;
    private const int Keys = 300;

    // Of two requests so close together either may arrive first.
    private static readonly TimeSpan SameMoment = TimeSpan.FromMilliseconds(100);

    private readonly IReadOnlyList<Uri> _apis;
    private readonly Uri _page;
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseCookies = false }) { Timeout = TimeSpan.FromSeconds(30) };
    private readonly ConcurrentQueue<Answer> _answers = new();
    private readonly ConcurrentQueue<string> _failures = new();
    private readonly TimeSpan _limit;
    private readonly TimeSpan _limitOfWaiting;
    private readonly OpenLoopLoad _load;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Stopwatch _clock = new();
    private readonly Control _control;
    private Task? _run;

    /// <summary>Prepares it.</summary>
    /// <param name="apis">The API instances, asked in turn.</param>
    /// <param name="page">Asked now and then.</param>
    /// <param name="undisturbed">Asked beside them, to know what other work on the machine costs: nothing that happens to the nodes touches it.</param>
    /// <param name="limit">What an answer may take.</param>
    /// <param name="limitOfWaiting">What it may take when another instance was already fetching the same value; as much as any other when not given.</param>
    public LoadGenerator(IReadOnlyList<Uri> apis, Uri page, Uri undisturbed, TimeSpan limit, TimeSpan? limitOfWaiting = null)
    {
        _limit = limit;
        _limitOfWaiting = limitOfWaiting ?? limit;
        _apis = apis;
        _page = page;
        _load = new OpenLoopLoad(new OpenLoopOptions { Rate = RequestsPerSecond }, AskAsync);
        _control = new Control(async () => (await _http.GetAsync(undisturbed, CancellationToken.None)).Dispose(), _clock);
    }

    /// <summary>What went wrong.</summary>
    public IReadOnlyCollection<string> Failures => _failures;

    /// <summary>The answers that took longer than they may, by more than other work held them up.</summary>
    public IReadOnlyCollection<string> SlowAnswers => [.. _answers.Where(IsSlow).Select(answer => $"{answer}")];

    /// <summary>For how long other work has held up the machine so far.</summary>
    public TimeSpan HeldUp => _control.HeldUp(TimeSpan.Zero, _clock.Elapsed);

    /// <summary>The longest time an answer took, in milliseconds.</summary>
    public double Slowest => _answers.Select(answer => answer.Took.TotalMilliseconds).DefaultIfEmpty().Max();

    /// <summary>How many answers there were.</summary>
    public int Answers => _answers.Count;

    /// <summary>Begins to ask.</summary>
    public void Start()
    {
        _clock.Start();
        _control.Start();
        _run = _load.RunAsync(_stopping.Token);
    }

    /// <summary>Asks no more, and waits for the last answers.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        if (_run is not null)
            await _run;
        _clock.Stop();
    }

    /// <summary>Figures in a line.</summary>
    public override string ToString()
    {
        var sorted = _answers.Select(answer => answer.Took.TotalMilliseconds).Order().ToArray();
        double At(double part) => sorted.Length == 0 ? 0 : sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * part))];
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{sorted.Length} answers in {_clock.Elapsed.TotalSeconds:0.0} s, {_failures.Count} failures; median {At(0.5):0.0} ms, p99 {At(0.99):0} ms, slowest {At(1):0} ms; held up by other work for {HeldUp.TotalMilliseconds:0} ms");
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _control.DisposeAsync();
        _http.Dispose();
        _stopping.Dispose();
    }

    // Other keys every time: what happens at the moment of a fault is not the same in every run.
    private Uri AddressOf(long number) => number % PageEvery == 0 ? _page : new Uri(_apis[(int)(number % _apis.Count)], $"/data/load-{Random.Shared.Next(Keys)}");

    private async Task<string?> AskAsync(long number, TimeSpan due)
    {
        var address = AddressOf(number);
        try
        {
            using var answer = await _http.GetAsync(address, CancellationToken.None);
            _answers.Enqueue(new Answer(address, due, _clock.Elapsed - due));
            return answer.IsSuccessStatusCode ? null : Fail($"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(CancellationToken.None)}");
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException)
        {
            return Fail(failure.Message);
        }

        string Fail(string what)
        {
            _failures.Enqueue(string.Create(CultureInfo.InvariantCulture, $"{address.PathAndQuery} after {due.TotalSeconds:0.0} s: {what}"));
            return what;
        }
    }

    private bool IsSlow(Answer answer) => answer.Took - _control.HeldUp(answer.Asked, answer.Asked + answer.Took) is var took && took > _limit && (took > _limitOfWaiting || !HasWaited(answer));

    // Whether another instance was already fetching the same value.
    private bool HasWaited(Answer answer) => _answers.Any(other =>
        other.Address.PathAndQuery == answer.Address.PathAndQuery && other.Address.Port != answer.Address.Port
        && other.Asked < answer.Asked + SameMoment && other.Asked + other.Took > answer.Asked);

    private sealed record Answer(Uri Address, TimeSpan Asked, TimeSpan Took)
    {
        public override string ToString() =>
            string.Create(CultureInfo.InvariantCulture, $"{Address.PathAndQuery} after {Asked.TotalSeconds:0.0} s took {Took.TotalMilliseconds:0} ms");
    }
}
