namespace RedisAspire.ApiService.RateLimiting;

/// <summary>A limit to try out: so small that a person reaches it, and counted by Redis request by request.</summary>
internal sealed class RateLimitDemo(RedisMaster master, TimeProvider time)
{
    public const int Limit = 10;

    private static readonly string Lend = EmbeddedScript.Read("LendPermits.lua");

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    public static TimeSpan Window { get; } = TimeSpan.FromSeconds(10);

    /// <summary>Counts a request, or shows the window without.</summary>
    public async Task<(RateLimitResponse Window, bool IsAdmitted)> AskAsync(HttpContext context, bool isCounted, CancellationToken cancellationToken)
    {
        var client = ClientLimiter.ClientOf(context.Connection.RemoteIpAddress);
        var now = time.GetUtcNow().UtcTicks;
        RedisKey key = string.Create(CultureInfo.InvariantCulture, $"app:rate-demo:{client}:{now / Window.Ticks}");
        var (granted, used) = (1, 0L);
        if (isCounted)
        {
            var answer = (RedisResult[])(await master.Database.ScriptEvaluateAsync(Lend, [key], [1, Limit, (long)Window.TotalMilliseconds * 2]).WaitAsync(Timeout, cancellationToken))!;
            (granted, used) = ((int)answer[0], (long)answer[1]);
        }
        else
            used = (long?)await master.Database.StringGetAsync(key).WaitAsync(Timeout, cancellationToken) ?? 0;

        var reset = TimeSpan.FromTicks(Window.Ticks - (now % Window.Ticks));
        return (new RateLimitResponse(client, "shared", Limit, Window.TotalSeconds, used, Limit - used, Math.Round(reset.TotalSeconds, 3)), granted > 0);
    }
}
