namespace RedisAspire.Standalone;

/// <summary>Takes what the launcher says, and what the processes it started write.</summary>
internal abstract class LaunchLog
{
    /// <summary>A log that keeps nothing.</summary>
    public static LaunchLog Silent { get; } = new SilentLog();

    /// <summary>A line of the launcher itself.</summary>
    public abstract void Say(string text);

    /// <summary>A line written by the process called <paramref name="source"/>.</summary>
    public abstract void Line(string source, string text);

    private sealed class SilentLog : LaunchLog
    {
        public override void Say(string text)
        {
        }

        public override void Line(string source, string text)
        {
        }
    }
}
