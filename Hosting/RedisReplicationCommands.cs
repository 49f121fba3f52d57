using System.Globalization;
using RedisAspire.Topology;

namespace RedisAspire.Hosting;

/// <summary>The commands on the dashboard.</summary>
internal static class RedisReplicationCommands
{
    public const string Promote = "promote";
    public const string FailOver = "fail-over";
    public const string Kill = "kill";
    public const string Pause = "pause";
    public const string Resume = "resume";
    public const string RedisCli = "redis-cli";

    private static readonly CommandProgressOptions FailoverProgress = new() { Message = "Another node is made the master. Sentinels may need ten seconds for it.", HideCancelButton = true };

    public static IResourceBuilder<RedisReplicationResource> WithReplicationCommands(this IResourceBuilder<RedisReplicationResource> redis) => redis.WithCommand(
        FailOver, "Fail over",
        context => PromoteAsync(redis.Resource, context, snapshot => snapshot.Nodes
            .Where(node => node.Role == RedisRole.Replica && node.CanRead).OrderBy(node => node.LagBytes ?? long.MaxValue).FirstOrDefault()?.Name),
        new CommandOptions
        {
            Description = "Makes the replica with the least lag the master.",
            ConfirmationMessage = "Make another node the master?",
            IconName = "ArrowSwap",
            IsHighlighted = true,
            Progress = FailoverProgress,
        });

    public static IResourceBuilder<ContainerResource> WithMemberCommands(this IResourceBuilder<ContainerResource> resource, RedisReplicationResource redis, RedisMember member)
    {
        if (!member.IsSentinel)
        {
            resource.WithCommand(Promote, "Promote", context => PromoteAsync(redis, context, _ => member.Name), new CommandOptions
            {
                Description = "Makes this node the master.",
                ConfirmationMessage = $"Make {member.Name} the master?",
                IconName = "Crown",
                IsHighlighted = true,
                Progress = FailoverProgress,
                UpdateState = context => IfRunning(context) == ResourceCommandState.Enabled && !IsMaster(context.ResourceSnapshot) ? ResourceCommandState.Enabled : ResourceCommandState.Disabled,
            });
        }

        return resource.WithCommand(
            RedisCli,
            "Show redis-cli command",
            async context => CommandResults.Success(
                "For a terminal on this machine", await RedisCliCommandsAsync(redis, member, context), CommandResultFormat.Text, displayImmediately: true),
            new CommandOptions
            {
                Description = "Shows the command for a terminal.",
                IconName = "WindowConsole",
            });
    }

    public static IResourceBuilder<ContainerResource> WithFaultCommands(this IResourceBuilder<ContainerResource> resource, RedisReplicationResource redis, RedisMember member)
    {
        var control = new RedisProcessControl(redis, member);
        return resource
            .WithCommand(Kill, "Kill", control.KillAsync, new CommandOptions
            {
                Description = "Ends it at once, as a crash would. Start brings it back.",
                ConfirmationMessage = $"Kill {member.Name}, as a crash would?",
                IconName = "Flash",
                UpdateState = IfRunning,
            })
            .WithCommand(Pause, "Pause", control.PauseAsync, new CommandOptions
            {
                Description = "Stops it without ending it: it hangs.",
                ConfirmationMessage = $"Have {member.Name} hang until it is resumed?",
                IconName = "Pause",
                UpdateState = context => RedisProcessControl.IsPaused(context.ResourceSnapshot) ? ResourceCommandState.Disabled : IfRunning(context),
            })
            .WithCommand(Resume, "Resume", control.ResumeAsync, new CommandOptions
            {
                Description = "Lets it go on.",
                IconName = "Play",
                UpdateState = context => RedisProcessControl.IsPaused(context.ResourceSnapshot) ? ResourceCommandState.Enabled : ResourceCommandState.Hidden,
            });
    }

    private static ResourceCommandState IfRunning(UpdateCommandStateContext context) =>
        context.ResourceSnapshot.State?.Text == KnownResourceStates.Running ? ResourceCommandState.Enabled : ResourceCommandState.Disabled;

    private static bool IsMaster(CustomResourceSnapshot snapshot) =>
        snapshot.Properties.FirstOrDefault(property => property.Name == RedisReplicationMonitor.RoleProperty)?.Value is nameof(RedisRole.Master);

    private static async Task<ExecuteCommandResult> PromoteAsync(
        RedisReplicationResource redis, ExecuteCommandContext context, Func<RedisTopologySnapshot, string?> choose)
    {
        var monitor = context.Services.MonitorOf(redis);
        if (monitor.Snapshot is not { } snapshot || choose(snapshot) is not { } name)
            return CommandResults.Failure("No replica can become the master now.");
        try
        {
            await monitor.PromoteAsync(name, context.CancellationToken);
            return CommandResults.Success($"{name} is the master now.");
        }
        catch (Exception refusal) when (refusal is InvalidOperationException or RedisUnavailableException)
        {
            return CommandResults.Failure(refusal.Message);
        }
    }

    /// <summary>The redis-cli command of a node or sentinel. The password is in the environment, so that no list of processes shows it.</summary>
    public static async Task<string> RedisCliCommandAsync(this RedisMember member, RedisReplicationResource redis, CancellationToken cancellationToken)
    {
        var password = await redis.Credentials.Application.GetValueAsync(cancellationToken);
        return string.Create(CultureInfo.InvariantCulture, $"REDISCLI_AUTH={QuoteForShell(password!)} redis-cli -p {member.Endpoint.Port}");
    }

    private static async Task<string> RedisCliCommandsAsync(RedisReplicationResource redis, RedisMember member, ExecuteCommandContext context)
    {
        var command = await member.RedisCliCommandAsync(redis, context.CancellationToken);
        return RedisProcessControl.ContainerOf(context) is { } container
            ? $"{command}\nor without redis-cli on this machine:\n{redis.Choice!.Engine} exec -it {container} redis-cli -p {member.Endpoint.TargetPort} --askpass"
            : command;
    }

    // Within single quotes a shell takes everything as it is, but a single quote.
    private static string QuoteForShell(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
