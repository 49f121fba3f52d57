using System.Net;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Polly;
using RedisAspire.ServiceDefaults;

namespace RedisAspire.Web.Api;

/// <summary>
/// Sends requests to the API on behalf of one visitor, with bodies as JSON and addresses below that of the API. A failed request
/// throws a <see cref="CacheApiException"/>.
/// </summary>
internal sealed class ApiConnection(IHttpClientFactory clients, IConfiguration configuration)
{
    public const string AdminKeyHeader = "X-Admin-Key";

    /// <summary>The name of the HTTP client.</summary>
    public const string ClientName = nameof(ApiConnection);

    /// <summary>How long a request may take, with all its attempts. It is shorter than one attempt of the resilience pipeline may be, so that the client itself reports it.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(9);

    /// <summary>The address of the visitor, if there is one. The API limits the requests of each address.</summary>
    public string? Visitor { get; set; }

    /// <summary>Whether the visitor is an operator. The requests of an operator carry the admin key.</summary>
    public bool IsOperator { get; set; }

    /// <summary>Whether a learner has been given fault injection. Only the requests for it carry the admin key then.</summary>
    public bool MayInjectFaults { get; set; }

    /// <summary>The address of a request whose answer says what was done for it, if it is traced.</summary>
    public static string Traced(string address, bool isTraced) => isTraced ? QueryHelpers.AddQueryString(address, "trace", "1") : address;

    /// <summary>Has an HTTP client find the API, and give up in time.</summary>
    public static void Configure(HttpClient http)
    {
        http.BaseAddress = new Uri("https+http://apiservice");
        http.Timeout = Timeout;
    }

    /// <summary>Reads the data of an event.</summary>
    public static T Read<T>(string json) => JsonSerializer.Deserialize<T>(json, JsonSerializerOptions.Web)!;

    public Task<T> GetAsync<T>(string address, CancellationToken cancellationToken) => SendAsync<T>(HttpMethod.Get, address, body: null, cancellationToken);

    public async Task<T> SendAsync<T>(HttpMethod method, string address, object? body, CancellationToken cancellationToken, params (string Name, string Value)[] headers) =>
        (await SendWithCookiesAsync<T>(method, address, body, cancellationToken, headers)).Answer;

    /// <summary>Reads the answer, and the cookies that it sets, with their attributes.</summary>
    public async Task<(T Answer, IEnumerable<string> Cookies)> SendWithCookiesAsync<T>(
        HttpMethod method, string address, object? body, CancellationToken cancellationToken, params (string Name, string Value)[] headers)
    {
        using var response = await SendAsync(method, address, body, HttpCompletionOption.ResponseContentRead, headers, cancellationToken);
        var answer = await response.Content.ReadFromJsonAsync<T>(cancellationToken) ?? throw new CacheApiException("The API sent an empty answer.");
        return (answer, response.Headers.TryGetValues("Set-Cookie", out var cookies) ? cookies : []);
    }

    /// <summary>Sends a request whose answer has no content, and returns its status.</summary>
    public async Task<HttpStatusCode> SendAsync(HttpMethod method, string address, object? body, CancellationToken cancellationToken, params (string Name, string Value)[] headers)
    {
        using var response = await SendAsync(method, address, body, HttpCompletionOption.ResponseContentRead, headers, cancellationToken);
        return response.StatusCode;
    }

    /// <summary>Sends a request that is answered with Server-Sent Events, and returns them as they arrive, each with its JSON.</summary>
    public async IAsyncEnumerable<SseItem<string>> StreamAsync(
        HttpMethod method, string address, object? body, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var response = await SendAsync(method, address, body, HttpCompletionOption.ResponseHeadersRead, [("Accept", "text/event-stream")], cancellationToken);
        var events = SseParser.Create(await response.Content.ReadAsStreamAsync(cancellationToken)).EnumerateAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        await using var disposing = events.ConfigureAwait(true);
        while (await MoveNextAsync(events))
            yield return events.Current;
    }

    /// <summary>Runs an action that takes long and reports its progress. A cancellation stops the action in the API too.</summary>
    public async Task<TResult> RunAsync<TProgress, TResult>(string address, object? body, Action<TProgress> progress, CancellationToken cancellationToken)
    {
        await foreach (var item in StreamAsync(HttpMethod.Post, address, body, cancellationToken))
        {
            switch (item.EventType)
            {
                case "progress":
                    progress(Read<TProgress>(item.Data));
                    break;
                case "result":
                    return Read<TResult>(item.Data);
                case "failed":
                    var problem = Read<HttpValidationProblemDetails>(item.Data);
                    throw FailureHandler.Describe((HttpStatusCode?)problem.Status, problem);
            }
        }

        throw new CacheApiException("The API ended the stream without a result.") { Kind = FailureKind.BrokenOff };
    }

    private static bool IsFault(HttpMethod method, string address) =>
        method == HttpMethod.Post && address.Split('/') is ["api", "nodes", _, "stop" or "start" or "pause" or "resume"];

    private static async ValueTask<bool> MoveNextAsync(IAsyncEnumerator<SseItem<string>> events)
    {
        try
        {
            return await events.MoveNextAsync();
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException)
        {
            throw new CacheApiException("The connection was lost before the last event.", exception) { Kind = FailureKind.BrokenOff };
        }
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string address, object? body, HttpCompletionOption completion, (string Name, string Value)[] headers, CancellationToken cancellationToken)
    {
        using var http = clients.CreateClient(ClientName);
        using var request = new HttpRequestMessage(method, new Uri(address, UriKind.Relative));
        if (body is not null)
            request.Content = JsonContent.Create(body, body.GetType());
        VisitorAddress.Forward(request, Visitor, configuration);
        if ((IsOperator || (MayInjectFaults && IsFault(method, address))) && configuration["Admin:Key"] is { Length: > 0 } key)
            request.Headers.TryAddWithoutValidation(AdminKeyHeader, key);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        try
        {
            return await http.SendAsync(request, completion, cancellationToken);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new CacheApiException($"There was no answer within {http.Timeout.TotalSeconds:0} seconds.", exception) { Kind = FailureKind.TimedOut };
        }
        catch (HttpRequestException exception)
        {
            throw new CacheApiException("The connection was lost in the middle of the answer.", exception) { Kind = FailureKind.BrokenOff };
        }
        catch (ExecutionRejectedException exception)
        {
            // The resilience pipeline refuses requests for a few seconds while its circuit is open.
            throw new CacheApiException("The API has failed too often, so no requests are sent to it for a few seconds.", exception) { Kind = FailureKind.Unreachable };
        }
    }
}
