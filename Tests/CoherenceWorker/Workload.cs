using System.Diagnostics;
using RedisAspire.Caching;
using RedisAspire.Topology;
using StackExchange.Redis;

namespace RedisAspire.CoherenceWorker;

/// <summary>
/// What one process does, and how it judges what it reads. Before every write the truth at the source is updated, as
/// an application does; then the cache is written, or the key removed, through the cache or by another client.
/// </summary>
/// <remarks>
/// What is judged: a read that began after a write (or removal) through this cache had returned must not return a
/// value that this worker wrote to the key earlier. In the master the worker's values follow each other, because one
/// task at a time writes a key and waits for the answer; other workers' values may come between and are not judged.
/// A value that was filled from the source comes from a look at it after the write began, because a write ends the
/// lease of an earlier fill; so it is not older either.
/// </remarks>
internal sealed class Workload(WorkerSettings settings, ReplicatedCache cache, RedisMaster master, WorkerReport report)
{
    private const int ReadsInARow = 12;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(2);
    private static readonly CacheEntryOptions Lasting = new() { Expiration = TimeSpan.FromMinutes(10) };

    private readonly string[] _names = [.. Enumerable.Range(0, settings.Keys).Select(WorkerSettings.NameOf)];
    private readonly string[] _sources = [.. Enumerable.Range(0, settings.Keys).Select(WorkerSettings.SourceOf)];
    private readonly KeyHistory[] _histories = [.. Enumerable.Range(0, settings.Keys).Select(_ => new KeyHistory())];
    private readonly long[] _sequences = new long[settings.Keys];
    private readonly long[] _floors = new long[settings.Keys];
    private readonly bool[] _isRetired = new bool[settings.Keys];

    private static long Now => Stopwatch.GetTimestamp() / (Stopwatch.Frequency / 1_000_000);

    /// <summary>Whether a failure is that of a node that is dead or about to be.</summary>
    public static bool IsOfRedis(Exception failure) =>
        failure is InvalidOperationException || RedisErrors.IsFailure(failure, CancellationToken.None);

    /// <summary>Reads and writes until it is stopped.</summary>
    public async Task<WorkerCounts> RunAsync(CancellationToken stopping)
    {
        var tally = new Tally();
        var writers = Enumerable.Range(0, settings.Writers).Select(number => Task.Run(() => WriteAsync(number, tally, stopping), CancellationToken.None));
        var readers = Enumerable.Range(0, settings.Readers).Select(number => Task.Run(() => ReadAsync(number, tally, stopping), CancellationToken.None));
        await Task.WhenAll([.. writers, .. readers]);
        return tally.ToCounts();
    }

    /// <summary>Compares every key with the master, twice: the second time it is near.</summary>
    public async Task<WorkerCounts> CheckAsync()
    {
        const int Tasks = 8;
        var tally = new Tally();
        for (var round = 1; round <= 2; round++)
        {
            var name = $"check {round}";
            await Task.WhenAll(Enumerable.Range(0, Tasks).Select(number => Task.Run(async () =>
            {
                for (var key = number; key < settings.Keys; key += Tasks)
                    await CompareAsync(name, key, tally);
            })));
        }

        return tally.ToCounts();
    }

    /// <summary>What is remembered of a key.</summary>
    public KeyEvent[] HistoryOf(string name) => _histories[Array.IndexOf(_names, name)].ToArray();

    private async Task WriteAsync(int number, Tally tally, CancellationToken stopping)
    {
        var task = $"writer {number}";
        var random = new Random((settings.Seed * 1000) + number);
        var keys = Enumerable.Range(0, settings.Keys).Where(key => settings.Writes(key) && settings.WriterOf(key) == number).ToArray();
        while (!stopping.IsCancellationRequested)
        {
            var key = keys[random.Next(keys.Length)];
            // Without a master nothing is written, and that is certain.
            if (_isRetired[key] || !master.TryGetDatabase(out _))
            {
                await Task.Delay(Pause, CancellationToken.None);
                continue;
            }

            // A write of which nobody knows whether, or when, it reaches the master makes later ones undecidable.
            if (!await TryWriteAsync(task, key, random.Next(100), tally))
            {
                tally.WasUncertain();
                _isRetired[key] = true;
            }

            if (random.Next(2) == 0)
                await LookAsync(task, key, tally);
            await Task.Delay(Pause, CancellationToken.None);
        }
    }

    private async Task<bool> TryWriteAsync(string task, int key, int choice, Tally tally)
    {
        var sequence = ++_sequences[key];
        var value = new VersionedValue(_names[key], settings.Worker, sequence).ToString();
        var started = Now;
        var (operation, isThroughCache) = choice switch
        {
            < 60 => ("set", true),
            < 80 => ("remove", true),
            < 95 => ("straight set", false),
            _ => ("straight remove", false),
        };
        bool isCertain;
        try
        {
            await master.Database.StringSetAsync(_sources[key], value);
            started = Now;
            isCertain = operation switch
            {
                "set" => await UncertainWrites.IsCertainAsync(() => cache.SetAsync(_names[key], value, Lasting)),
                "remove" => await UncertainWrites.IsCertainAsync(() => cache.RemoveAsync(_names[key])),
                "straight set" => await master.Database.StringSetAsync(_names[key], value, Lasting.Expiration, When.Always),
                _ => await master.Database.KeyDeleteAsync(_names[key]) || true,
            };
        }
        catch (Exception failure) when (IsOfRedis(failure))
        {
            isCertain = false;
        }

        Remember(new KeyEvent(started, Now - started, settings.Worker, task, isCertain ? operation : $"{operation}?", value), key);
        if (isCertain && isThroughCache)
            Volatile.Write(ref _floors[key], sequence);
        if (!isThroughCache)
            tally.WroteStraight();
        else if (operation == "set")
            tally.Wrote();
        else
            tally.Removed();
        return isCertain;
    }

    private async Task ReadAsync(int number, Tally tally, CancellationToken stopping)
    {
        var task = $"reader {number}";
        var random = new Random((settings.Seed * 1000) + settings.Writers + number);
        while (!stopping.IsCancellationRequested)
        {
            for (var i = 0; i < ReadsInARow; i++)
            {
                // Some keys are read far more often than others.
                var skew = random.NextDouble();
                var key = (int)(skew * skew * settings.Keys);
                if (random.Next(10) == 0)
                    await GetAsync(task, key, tally);
                else
                    await LookAsync(task, key, tally);
            }

            await Task.Delay(Pause, CancellationToken.None);
        }
    }

    private async Task<CacheLookup<string>?> LookAsync(string task, int key, Tally tally)
    {
        var floor = Volatile.Read(ref _floors[key]);
        var started = Now;
        try
        {
            var lookup = await cache.LookupAsync(_names[key], _ => SourceAsync(key), Lasting);
            tally.Read(lookup.Level);
            await JudgeAsync(
                new KeyEvent(started, Now - started, settings.Worker, task, "look up", lookup.Value) { Level = lookup.Level.ToString(), Node = lookup.Node, Floor = floor }, key, tally);
            return lookup;
        }
        catch (Exception failure) when (IsOfRedis(failure))
        {
            tally.Failed();
            return null;
        }
    }

    private async Task GetAsync(string task, int key, Tally tally)
    {
        var floor = Volatile.Read(ref _floors[key]);
        var started = Now;
        try
        {
            var value = await cache.GetOrCreateAsync(_names[key], _ => SourceAsync(key));
            tally.Read(level: null);
            await JudgeAsync(new KeyEvent(started, Now - started, settings.Worker, task, "get or create", value) { Level = "", Floor = floor }, key, tally);
        }
        catch (Exception failure) when (IsOfRedis(failure))
        {
            tally.Failed();
        }
    }

    private async ValueTask<string> SourceAsync(int key) =>
        (string?)await master.Database.StringGetAsync(_sources[key]) ?? new VersionedValue(_names[key], VersionedValue.Nobody, 0).ToString();

    private async Task JudgeAsync(KeyEvent read, int key, Tally tally)
    {
        Remember(read, key);
        if (read.Floor > 0)
            tally.Judged();

        string violation;
        if (!VersionedValue.TryParse(read.Value ?? "", out var value) || value.Key != _names[key])
            violation = "A read returned what was never written to its key.";
        else if (value.Writer == settings.Worker && value.Sequence < read.Floor)
            violation = "A read returned a value from before the process' own write.";
        else
            return;

        tally.WasBehind();
        await report.ViolationAsync(_names[key], violation, read);
    }

    private async Task CompareAsync(string task, int key, Tally tally)
    {
        while (true)
        {
            // What the source answered and was not stored says nothing about the cache.
            if (await LookAsync(task, key, tally) is not { } lookup || lookup is { IsHit: false, TimeToLive: null })
                continue;

            var started = Now;
            var truth = (string?)await master.Database.StringGetAsync(_names[key]);
            var look = new KeyEvent(started, Now - started, settings.Worker, task, "look at master", truth);
            Remember(look, key);
            tally.Compared();
            if (lookup.Value == truth)
                return;

            tally.WasStale();
            var read = new KeyEvent(started, 0, settings.Worker, task, "stale read", lookup.Value) { Level = lookup.Level.ToString(), Node = lookup.Node };
            await report.ViolationAsync(_names[key], $"After all writing a read returned {lookup.Value}, while the master has {truth ?? "nothing"}.", read);
            return;
        }
    }

    private void Remember(KeyEvent happened, int key) => _histories[key].Add(happened);
}
