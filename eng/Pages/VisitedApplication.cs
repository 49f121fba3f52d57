using System.Diagnostics;

namespace RedisAspire.Pages;

/// <summary>The application that somebody has started on this machine.</summary>
internal sealed record VisitedApplication(Uri Web, Uri Api, string AdminKey, string OperatorToken, string? Redis)
{
    // All instances of a program together are what is measured.
    public const string ApiProgram = "RedisAspire.ApiService";
    public const string WebProgram = "RedisAspire.Web";

    /// <summary>Address of a page by which its visitor becomes an operator.</summary>
    public Uri AsOperator(string path) => new(Web, $"login?t={Uri.EscapeDataString(OperatorToken)}&returnUrl={Uri.EscapeDataString($"/{path.TrimStart('/')}")}");

    /// <summary>How much processor time the instances of a program have used.</summary>
    public static TimeSpan ProcessorTimeOf(string program) => new(Sum(program, process => process.TotalProcessorTime.Ticks));

    /// <summary>How much memory they have, in MB.</summary>
    public static long MemoryOf(string program) => Sum(program, process => process.WorkingSet64) / 1_000_000;

    private static long Sum(string program, Func<Process, long> figure)
    {
        var processes = Process.GetProcessesByName(program);
        try
        {
            return processes.Length > 0 ? processes.Sum(figure) : throw new InvalidOperationException($"{program} does not run on this machine.");
        }
        finally
        {
            foreach (var process in processes)
                process.Dispose();
        }
    }
}
