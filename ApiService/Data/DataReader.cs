using System.Buffers;
using System.Net.Mime;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.ObjectPool;
using Microsoft.Net.Http.Headers;
using RedisAspire.ApiService.Commands;
using RedisAspire.ApiService.History;
using RedisAspire.ApiService.Leaderboard;
using RedisAspire.ApiService.Tracing;
using RedisAspire.Caching;
using RedisAspire.Caching.Telemetry;

namespace RedisAspire.ApiService.Data;

/// <summary>Answers <c>GET /data/{key}</c>. A hit in the near cache takes tens of nanoseconds, so what surrounds it is kept short.</summary>
internal sealed class DataReader(DataService data, LookupRecorder history, RequestTally tally, CommandSampler sampler, RedisTopology topology, TimeProvider time)
{
    private readonly ObjectPool<JsonBuffer> _buffers = ObjectPool.Create<JsonBuffer>(new JsonBufferPolicy());

    public Task AnswerAsync(HttpContext context, string key, CacheEntryOptions? options)
    {
        if (sampler.Takes)
            return TraceAsync(context, key, options, isShown: false);

        tally.Add(key);
        var started = time.GetTimestamp();
        var reading = data.ReadAsync(key, options, context.RequestAborted);
        return reading.IsCompletedSuccessfully ? WriteAsync(context, key, reading.Result, started) : AwaitAsync(context, key, reading, started);
    }

    /// <summary>Reads a value as <see cref="AnswerAsync"/> does, and writes what the cache did for it as well.</summary>
    public Task TraceAsync(HttpContext context, string key, CacheEntryOptions? options) => TraceAsync(context, key, options, isShown: true);

    private async Task TraceAsync(HttpContext context, string key, CacheEntryOptions? options, bool isShown)
    {
        tally.Add(key);
        using var trace = data.BeginTrace(key);
        var lookup = await data.TraceReadAsync(trace, key, options, context.RequestAborted);
        var elapsed = trace.Elapsed;
        sampler.Add(trace);
        if (isShown)
            await trace.WaitForInvalidationAsync(context.RequestAborted);
        await WriteAsync(context, key, lookup, elapsed, isShown ? trace : null);
    }

    private async Task AwaitAsync(HttpContext context, string key, ValueTask<CacheLookup<string>> reading, long started) =>
        await WriteAsync(context, key, await reading, started);

    private Task WriteAsync(HttpContext context, string key, in CacheLookup<string> lookup, long started) =>
        WriteAsync(context, key, lookup, time.GetElapsedTime(started), trace: null);

    private Task WriteAsync(HttpContext context, string key, in CacheLookup<string> lookup, TimeSpan took, CacheTrace? trace)
    {
        var elapsed = Math.Round(took.TotalMilliseconds, 3);
        var level = lookup.Level switch { CacheLevel.Near => "near", CacheLevel.Redis => "redis", _ => "source" };
        var answer = new DataResponse(
            key,
            lookup.Value,
            lookup.IsHit ? "cache" : "database",
            level,
            lookup.Node,
            elapsed,
            lookup.TimeToLive is { } timeToLive ? Math.Round(timeToLive.TotalSeconds, 3) : null,
            time.GetUtcNow());
        if (trace is not null)
            answer = answer.WithTrace(trace.ToSteps(topology));
        TagActivity(context, level, lookup.IsHit);
        history.Record(new Lookup(answer.Timestamp, key, level, elapsed, lookup.Node));

        var isText = AcceptedForm.IsText(context.Request);
        var tag = ValueTag.TextOf(lookup.Value, isText);
        var headers = context.Response.Headers;
        headers["X-Cache"] = lookup.IsHit ? "HIT" : "MISS";
        headers["Server-Timing"] = string.Create(CultureInfo.InvariantCulture, $"{level};dur={elapsed}");
        // Clients may store the answer, but must revalidate it.
        headers.CacheControl = "no-cache";
        headers.Vary = HeaderNames.Accept;
        headers.ETag = tag;

        // What the cache did is new each time.
        if (trace is null && context.Request.Headers.IfNoneMatch is not [] && ValueTag.IsKnown(tag, context.Request.GetTypedHeaders()))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        return isText
            ? TypedResults.Text($"[{(lookup.IsHit ? "CACHE" : "SLOW")}] {lookup.Value}\n").ExecuteAsync(context)
            : WriteJsonAsync(context.Response, answer);
    }

    // The length is known before the first byte is sent, so that the answer needs no chunks.
    private Task WriteJsonAsync(HttpResponse response, DataResponse answer)
    {
        var buffer = _buffers.Get();
        var content = buffer.Serialize(answer);
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = content.Length;
        var writing = response.BodyWriter.WriteAsync(content);
        if (!writing.IsCompletedSuccessfully)
            return AwaitAsync(buffer, writing.AsTask());

        _buffers.Return(buffer);
        return Task.CompletedTask;
    }

    private async Task AwaitAsync(JsonBuffer buffer, Task writing)
    {
        try
        {
            await writing;
        }
        finally
        {
            _buffers.Return(buffer);
        }
    }

    // A hit in the near cache has no span of its own: its result is on the span of the request.
    private static void TagActivity(HttpContext context, string level, bool isHit)
    {
        if (context.Features.Get<IHttpActivityFeature>()?.Activity is { IsAllDataRequested: true } activity)
            activity.SetTag("cache.level", level).SetTag("cache.request.type", isHit ? "hit" : "miss");
    }
}

/// <summary>Serializes answers, one at a time, into memory that is used again.</summary>
internal sealed class JsonBuffer : IDisposable
{
    private readonly ArrayBufferWriter<byte> _bytes = new(512);
    private readonly Utf8JsonWriter _writer;

    // The encoder is the one that the framework writes answers with.
    public JsonBuffer() => _writer = new Utf8JsonWriter(_bytes, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    public int Capacity => _bytes.Capacity;

    public ReadOnlyMemory<byte> Serialize(DataResponse answer)
    {
        _bytes.ResetWrittenCount();
        _writer.Reset();
        JsonSerializer.Serialize(_writer, answer, DataJson.Default.DataResponse);
        return _bytes.WrittenMemory;
    }

    public void Dispose() => _writer.Dispose();
}

internal sealed class JsonBufferPolicy : PooledObjectPolicy<JsonBuffer>
{
    private const int MaximumCapacity = 16 * 1024;

    public override JsonBuffer Create() => new();

    public override bool Return(JsonBuffer obj) => obj.Capacity <= MaximumCapacity;
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(DataResponse))]
internal sealed partial class DataJson : JsonSerializerContext;

/// <summary>Negotiates the form of an answer (RFC 9110, 12.5.1).</summary>
internal static class AcceptedForm
{
    /// <summary>Whether the client prefers plain text to JSON, which is the default.</summary>
    public static bool IsText(HttpRequest request)
    {
        // Most clients send one of these, and need no parsing.
        if (request.Headers.Accept is [] or ["*/*"] or [MediaTypeNames.Application.Json])
            return false;

        var accepted = request.GetTypedHeaders().Accept;
        var (text, json) = (WeightOf(accepted, MediaTypeNames.Text.Plain), WeightOf(accepted, MediaTypeNames.Application.Json));
        return text.Quality > json.Quality || (text.Quality == json.Quality && text.Quality > 0 && text.Place < json.Place);
    }

    // The most specific range counts. Of forms with the same quality, the first in the header is preferred.
    private static (double Quality, int Place) WeightOf(IList<MediaTypeHeaderValue> accepted, string form)
    {
        var parts = form.Split('/');
        return accepted
            .Select((range, place) => (Range: range, Place: place, Fit: FitOf(range, parts[0], parts[1])))
            .Where(match => match.Fit > 0)
            .OrderByDescending(match => match.Fit)
            .Select(match => (match.Range.Quality ?? 1, match.Place))
            .FirstOrDefault();
    }

    private static int FitOf(MediaTypeHeaderValue range, string type, string subtype)
    {
        if (range.MatchesAllTypes)
            return 1;
        if (!range.Type.Equals(type, StringComparison.OrdinalIgnoreCase))
            return 0;
        return range.MatchesAllSubTypes ? 2 : range.SubType.Equals(subtype, StringComparison.OrdinalIgnoreCase) ? 3 : 0;
    }
}
