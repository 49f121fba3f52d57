using System.Net;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using RedisAspire.ApiService.Admin;
using RedisAspire.Caching.Topology;

namespace RedisAspire.ApiService.Drills;

/// <summary>
/// <c>POST /api/nodes/{name}/stop|start|pause|resume</c>: accidents on request. They are passed on to who started the
/// nodes, in development only.
/// </summary>
internal static class DrillEndpoints
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly (string Action, string Summary)[] Actions =
    [
        ("stop", "Kills a node or sentinel, as a crash would."),
        ("start", "Starts a node or sentinel again, and waits until it answers."),
        ("pause", "Stops a node or sentinel without ending it: it hangs."),
        ("resume", "Lets a paused node or sentinel go on."),
    ];

    public static IServiceCollection AddDrills(this IServiceCollection services, IConfiguration configuration)
    {
        services.Configure<DrillOptions>(configuration.GetSection("Drills"));
        services.AddHttpClient<DrillClient>();
        return services;
    }

    public static void MapDrillEndpoints(this WebApplication app)
    {
        if (app.Services.GetRequiredService<IOptions<DrillOptions>>().Value.Address is null)
            return;

        foreach (var (action, summary) in Actions)
        {
            app.MapPost($"/api/nodes/{{name}}/{action}", (string name, DrillClient drills, RedisTopology topology, CancellationToken cancellationToken) =>
                    OrderAsync(drills, topology, name, action, cancellationToken))
                .WithTags("Drills")
                .WithName($"{char.ToUpperInvariant(action[0])}{action[1..]}Node")
                .WithSummary(summary)
                .ProducesProblem(StatusCodes.Status404NotFound)
                .ProducesProblem(StatusCodes.Status409Conflict)
                .ProducesProblem(StatusCodes.Status503ServiceUnavailable)
                .RequireAdminKey();
        }
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> OrderAsync(
        DrillClient drills, RedisTopology topology, string name, string action, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await drills.OrderAsync(name, action, cancellationToken);
            if (answer.IsSuccessStatusCode)
            {
                if (action is "start" or "resume")
                    await WaitUntilSeenAsync(topology, name, cancellationToken);
                return TypedResults.NoContent();
            }

            var problem = answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Conflict
                ? await answer.Content.ReadFromJsonAsync<ProblemDetails>(cancellationToken)
                : null;
            return problem is null
                ? TypedResults.Problem("Who started the nodes refused to do it.", statusCode: StatusCodes.Status503ServiceUnavailable)
                : TypedResults.Problem(problem.Detail, statusCode: (int)answer.StatusCode);
        }
        catch (HttpRequestException)
        {
            return TypedResults.Problem("Who started the nodes cannot be reached.", statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }

    // So that whatever is ordered next finds the node up. Sentinels are not among the nodes.
    private static async Task WaitUntilSeenAsync(RedisTopology topology, string name, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            await foreach (var snapshot in topology.WatchAsync(patience.Token))
            {
                if (snapshot.Nodes.All(node => node.Name != name || node.IsUp))
                    return;
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // It has started; what keeps it from answering is for others to find out.
        }
    }
}

/// <summary>Where accidents can be ordered.</summary>
internal sealed class DrillOptions
{
    /// <summary>The address of who started the Redis nodes; without it there are no drills.</summary>
    public Uri? Address { get; set; }
}

/// <summary>Talks to who started the nodes.</summary>
internal sealed class DrillClient(HttpClient http, IOptions<DrillOptions> drills, IOptions<AdminOptions> admin)
{
    /// <summary>Orders an accident.</summary>
    /// <exception cref="HttpRequestException">Nobody is there.</exception>
    public async Task<HttpResponseMessage> OrderAsync(string node, string action, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(drills.Value.Address!, $"/nodes/{Uri.EscapeDataString(node)}/{action}"));
        request.Headers.Add(AdminKey.Header, admin.Value.Key);
        return await http.SendAsync(request, cancellationToken);
    }
}
