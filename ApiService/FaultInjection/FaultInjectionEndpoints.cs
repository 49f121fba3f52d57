using System.Net;
using Microsoft.AspNetCore.Mvc;

namespace RedisAspire.ApiService.FaultInjection;

/// <summary>
/// <c>POST /api/nodes/{name}/stop|start|pause|resume</c>: faults on request; <c>GET /api/faults</c>: what is stopped or paused.
/// Requests are passed on to the app host that started the nodes, in development only.
/// </summary>
internal static class FaultInjectionEndpoints
{
    private const string Unreachable = "The app host cannot be reached, or does not answer.";

    // The app host waits half a minute for a node to start.
    private static readonly TimeSpan ActionTimeout = TimeSpan.FromSeconds(35);
    private static readonly TimeSpan SeenTimeout = TimeSpan.FromSeconds(5);

    private static readonly (string Action, string Summary)[] Actions =
    [
        ("stop", "Kills a node or sentinel, as a crash would."),
        ("start", "Starts a node or sentinel again, and waits until it answers."),
        ("pause", "Stops a node or sentinel without ending it: it hangs."),
        ("resume", "Lets a paused node or sentinel go on."),
    ];

    public static void AddFaultInjection(this IServiceCollection services, IConfiguration configuration)
    {
        services.Configure<FaultInjectionOptions>(configuration.GetSection("FaultInjection"));
        var client = services.AddHttpClient<FaultInjectionClient>(http => http.Timeout = ActionTimeout);
        // Their attempts are shorter than an action, and an action that was given up would go on all the same.
#pragma warning disable EXTEXP0001 // The method is marked as experimental, and is the only one that takes a default of all clients back.
        client.RemoveAllResilienceHandlers();
#pragma warning restore EXTEXP0001
    }

    public static void MapFaultInjectionEndpoints(this WebApplication app)
    {
        if (app.Services.GetRequiredService<IOptions<FaultInjectionOptions>>().Value.Address is null)
            return;

        app.MapGet("/api/faults", GetAsync)
            .WithTags("Fault injection")
            .Describe("GetFaults", "Says of every node and sentinel whether the app host has it `running`, `paused` or `stopped`.")
            .WithResponseExample(new Dictionary<string, string>(StringComparer.Ordinal) { ["redis-master"] = "running", ["redis-replica-1"] = "paused" })
            .ProducesProblems(503);

        foreach (var (action, summary) in Actions)
        {
            app.MapPost($"/api/nodes/{{name}}/{action}", (string name, FaultInjectionClient client, RedisTopology topology, CancellationToken cancellationToken) =>
                    SendAsync(client, topology, name, action, cancellationToken))
                .WithTags("Fault injection")
                .Describe($"{char.ToUpperInvariant(action[0])}{action[1..]}Node", summary)
                .ProducesProblems(404, 409, 503)
                .RequireAdminKey();
        }
    }

    private static async Task<Results<Ok<IReadOnlyDictionary<string, string>>, ProblemHttpResult>> GetAsync(FaultInjectionClient client, CancellationToken cancellationToken)
    {
        try
        {
            return TypedResults.Ok(await client.StatesAsync(cancellationToken));
        }
        catch (Exception failure) when (IsUnreachable(failure, cancellationToken))
        {
            return Answers.Problem(503, Unreachable);
        }
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> SendAsync(
        FaultInjectionClient client, RedisTopology topology, string name, string action, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await client.SendAsync(name, action, cancellationToken);
            if (answer.IsSuccessStatusCode)
            {
                if (action is "start" or "resume")
                    await WaitUntilUpAsync(topology, name, cancellationToken);
                return TypedResults.NoContent();
            }

            var problem = answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Conflict
                ? await answer.Content.ReadFromJsonAsync<ProblemDetails>(cancellationToken)
                : null;
            return problem is null
                ? Answers.Problem(503, "The app host refused the request.")
                : TypedResults.Problem(problem.Detail, statusCode: (int)answer.StatusCode);
        }
        catch (Exception failure) when (IsUnreachable(failure, cancellationToken))
        {
            return Answers.Problem(503, Unreachable);
        }
    }

    private static bool IsUnreachable(Exception failure, CancellationToken cancellationToken) =>
        failure is HttpRequestException || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested);

    // The next request to this instance finds the node up. Sentinels are not among the nodes.
    private static async Task WaitUntilUpAsync(RedisTopology topology, string name, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(SeenTimeout);
        try
        {
            await foreach (var snapshot in topology.WatchAsync(deadline.Token))
            {
                if (snapshot.Nodes.All(node => node.Name != name || node.IsUp))
                    return;
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The node has started. The topology shows why it does not answer.
        }
    }
}

/// <summary>The app host that can stop and start the nodes (<c>FaultInjection</c> in the configuration).</summary>
internal sealed class FaultInjectionOptions
{
    /// <summary>The address of the app host's control server. The end points exist only with it.</summary>
    public Uri? Address { get; set; }
}

/// <summary>Sends requests to the app host that started the nodes. They fail with <see cref="HttpRequestException"/> when it cannot be reached.</summary>
internal sealed class FaultInjectionClient(HttpClient http, IOptions<FaultInjectionOptions> options, IOptions<AdminOptions> admin)
{
    public async Task<IReadOnlyDictionary<string, string>> StatesAsync(CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(HttpMethod.Get, "/nodes", cancellationToken);
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadFromJsonAsync<Dictionary<string, string>>(cancellationToken) ?? [];
    }

    public Task<HttpResponseMessage> SendAsync(string node, string action, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, $"/nodes/{Uri.EscapeDataString(node)}/{action}", cancellationToken);

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, new Uri(options.Value.Address!, path));
        request.Headers.Add(AdminKey.Header, admin.Value.Key);
        return await http.SendAsync(request, cancellationToken);
    }
}
