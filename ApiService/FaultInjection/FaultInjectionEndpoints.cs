using System.Net;
using Microsoft.AspNetCore.Mvc;

namespace RedisAspire.ApiService.FaultInjection;

/// <summary>
/// <c>POST /api/nodes/{name}/stop|start|pause|resume</c>: faults on request; <c>GET /api/faults</c>: what is stopped or paused.
/// Requests are passed on to the app host that started the nodes, in development only.
/// </summary>
internal static class FaultInjectionEndpoints
{
    private const string Unreachable = "The app host cannot be reached.";

    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(5);

    private static readonly (string Action, string Summary)[] Actions =
    [
        ("stop", "Kills a node or sentinel, as a crash would."),
        ("start", "Starts a node or sentinel again, and waits until it answers."),
        ("pause", "Stops a node or sentinel without ending it: it hangs."),
        ("resume", "Lets a paused node or sentinel go on."),
    ];

    public static IServiceCollection AddFaultInjection(this IServiceCollection services, IConfiguration configuration)
    {
        services.Configure<FaultInjectionOptions>(configuration.GetSection("FaultInjection"));
        services.AddHttpClient<FaultInjectionClient>();
        return services;
    }

    public static void MapFaultInjectionEndpoints(this WebApplication app)
    {
        if (app.Services.GetRequiredService<IOptions<FaultInjectionOptions>>().Value.Address is null)
            return;

        app.MapGet("/api/faults", GetAsync)
            .WithTags("Fault injection")
            .WithName("GetFaults")
            .WithSummary("Says of every node and sentinel whether the app host has it `running`, `paused` or `stopped`.")
            .WithResponseExample(new Dictionary<string, string>(StringComparer.Ordinal) { ["redis-master"] = "running", ["redis-replica-1"] = "paused" })
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

        foreach (var (action, summary) in Actions)
        {
            app.MapPost($"/api/nodes/{{name}}/{action}", (string name, FaultInjectionClient client, RedisTopology topology, CancellationToken cancellationToken) =>
                    SendAsync(client, topology, name, action, cancellationToken))
                .WithTags("Fault injection")
                .WithName($"{char.ToUpperInvariant(action[0])}{action[1..]}Node")
                .WithSummary(summary)
                .ProducesProblem(StatusCodes.Status404NotFound)
                .ProducesProblem(StatusCodes.Status409Conflict)
                .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
                .RequireAdminKey();
        }
    }

    private static async Task<Results<Ok<IReadOnlyDictionary<string, string>>, ProblemHttpResult>> GetAsync(FaultInjectionClient client, CancellationToken cancellationToken)
    {
        try
        {
            return TypedResults.Ok(await client.StatesAsync(cancellationToken));
        }
        catch (HttpRequestException)
        {
            return TypedResults.Problem(Unreachable, statusCode: StatusCodes.Status503ServiceUnavailable);
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
                ? TypedResults.Problem("The app host refused the request.", statusCode: StatusCodes.Status503ServiceUnavailable)
                : TypedResults.Problem(problem.Detail, statusCode: (int)answer.StatusCode);
        }
        catch (HttpRequestException)
        {
            return TypedResults.Problem(Unreachable, statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }

    // The next request to this instance finds the node up. Sentinels are not among the nodes.
    private static async Task WaitUntilUpAsync(RedisTopology topology, string name, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(AnswerTimeout);
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
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(options.Value.Address!, "/nodes"));
        request.Headers.Add(AdminKey.Header, admin.Value.Key);
        using var answer = await http.SendAsync(request, cancellationToken);
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadFromJsonAsync<Dictionary<string, string>>(cancellationToken) ?? [];
    }

    public async Task<HttpResponseMessage> SendAsync(string node, string action, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(options.Value.Address!, $"/nodes/{Uri.EscapeDataString(node)}/{action}"));
        request.Headers.Add(AdminKey.Header, admin.Value.Key);
        return await http.SendAsync(request, cancellationToken);
    }
}
