namespace RedisAspire.AppHost.Verification;

/// <summary>Writes the steps of the verification line by line, and keeps count of them.</summary>
/// <param name="write">Where a line goes.</param>
internal sealed class VerificationReport(Action<string> write)
{
    /// <summary>How many checks held.</summary>
    public int Passed { get; private set; }

    /// <summary>How many did not.</summary>
    public int Failed { get; private set; }

    /// <summary>The last line.</summary>
    public string Conclusion => $"{Passed} checks passed, {Failed} failed.";

    /// <summary>Begins a step.</summary>
    public void Heading(string text)
    {
        write("");
        write(text);
    }

    /// <summary>Says something that is no check.</summary>
    public void Note(string text) => write($"      {text}");

    /// <summary>Says whether something is as it should be.</summary>
    public void Check(bool holds, string text)
    {
        if (holds)
            Passed++;
        else
            Failed++;
        write($"  {(holds ? "ok  " : "FAIL")} {text}");
    }
}
