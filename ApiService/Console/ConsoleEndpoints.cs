using RedisAspire.ApiService.Keys;

namespace RedisAspire.ApiService.Console;

/// <summary><c>/api/console</c>: commands of Redis on any node.</summary>
internal static class ConsoleEndpoints
{
    public static IServiceCollection AddConsole(this IServiceCollection services) =>
        services.AddSingleton<ConsoleCommands>().AddSingleton<ConsoleRunner>();

    public static void MapConsoleEndpoints(this IEndpointRouteBuilder routes)
    {
        var console = routes.MapGroup("/api/console").WithTags("Console");

        console.MapPost("", RunAsync)
            .Describe("RunCommand", "Runs a command of Redis on a node, as redis-cli does.",
                "Commands that read are open to everybody, those that write need the admin key, and dangerous ones are refused with 403 and the reason: `GET /api/console/commands` has the lists. "
                + $"The application's own keys (`app:`, `db:`) are not written. A reply has at most {ConsoleReply.MaximumLength / 1024} KiB of text. An error of Redis is a reply as well.")
            .AcceptsBody(new ConsoleRequest("GET foo", "redis-replica-1"))
            .WithResponseExample(new ConsoleResponse("redis-replica-1", "GET", "string", "\"valeur_de_foo\"", false, "The value; nil if there is none.", 0.184))
            .ProducesValidationProblem()
            .ProducesProblems(404, 503)
            .AddEndpointFilter(KeyEndpoints.AnswerUnknownNodes)
            .MayNeedAdminKey();

        console.MapGet("/commands", (ConsoleCommands commands) => commands.ToResponse())
            .Describe("GetConsoleCommands", "Lists the commands that the console runs, and those that it refuses with the reasons.")
            .WithResponseExample(new ConsoleCommandsResponse(
                [new ConsoleCommandResponse("GET", "read", "key", "The value; nil if there is none.")],
                [new RefusedCommandsResponse(["KEYS"], "It goes through all keys at once, and nobody else is answered meanwhile. SCAN does it in steps.")]));
    }

    private static async Task<Results<Ok<ConsoleResponse>, ValidationProblem, ProblemHttpResult>> RunAsync(
        ConsoleRequest request, ConsoleCommands commands, ConsoleRunner runner, KeyNodes nodes, HttpContext context, CancellationToken cancellationToken)
    {
        if (ConsoleLine.Split(request.Line) is not { Length: > 0 and <= ConsoleLine.MaximumArguments } arguments)
            return Answers.Invalid("line", $"A line has 1 to {ConsoleLine.MaximumArguments} arguments, and a quotation mark at the end of each that begins with one.");
        if (commands.Find(arguments) is not { } command)
            return Refused(commands.ReasonFor(arguments));
        if (command.IsWrite && context.RefuseWithoutAdminKey() is { } refusal)
            return refusal;

        var node = command.IsWrite ? nodes.Find(request.Node) : await nodes.FindReadOnlyAsync(request.Node, cancellationToken);
        var isAdmin = context.HasAdminKey();
        return await runner.RefusalForAsync(node, command, arguments, isAdmin, cancellationToken) is { } reason
            ? Refused(reason)
            : TypedResults.Ok(await runner.RunAsync(node, command, arguments, isAdmin, cancellationToken));
    }

    private static ProblemHttpResult Refused(string reason) => Answers.Problem(403, reason, "The command is refused");
}
