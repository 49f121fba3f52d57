namespace RedisAspire.Standalone;

/// <summary>Writes to the console, with a short coloured prefix for each process.</summary>
internal sealed class ConsoleLaunchLog(TextWriter output, bool useColor) : LaunchLog
{
    private static readonly int[] Colors = [36, 32, 33, 35, 34, 96, 92, 93, 95, 94];

    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _colors = new(StringComparer.Ordinal);
    private int _width = 11;

    /// <summary>The console, in colour where a person reads it (https://no-color.org).</summary>
    public static ConsoleLaunchLog Create() =>
        new(Console.Out, !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")));

    public override void Say(string text)
    {
        lock (_lock)
            output.WriteLine(text);
    }

    public override void Line(string source, string text)
    {
        lock (_lock)
        {
            if (!_colors.TryGetValue(source, out var color))
                _colors[source] = color = Colors[_colors.Count % Colors.Length];
            _width = Math.Max(_width, source.Length);
            var prefix = source.PadRight(_width);
            output.WriteLine(useColor ? $"\e[{color}m{prefix}\e[0m | {text}" : $"{prefix} | {text}");
        }
    }
}
