using System.Net;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace RedisAspire.Tests.Support;

/// <summary>Reads server-sent events as they come.</summary>
internal static class EventStream
{
    /// <summary>Sends a request, and comes back when the stream has begun.</summary>
    public static Task<HttpResponseMessage> BeginAsync(this HttpClient client, HttpRequestMessage request, CancellationToken cancellationToken) =>
        client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);

    /// <summary>The events of an answer.</summary>
    public static async IAsyncEnumerable<(string Type, JsonElement Data)> EventsAsync(
        this HttpResponseMessage response, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Assert.Equal((HttpStatusCode.OK, "text/event-stream"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        await foreach (var item in SseParser.Create(stream).EnumerateAsync(cancellationToken))
            yield return (item.EventType, JsonElement.Parse(item.Data));
    }

    /// <summary>The last event of an answer.</summary>
    public static async Task<(string Type, JsonElement Data)> LastEventAsync(this HttpResponseMessage response) =>
        await response.EventsAsync(TestContext.Current.CancellationToken).LastAsync(TestContext.Current.CancellationToken);
}
