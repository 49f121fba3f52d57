namespace RedisAspire.AppHost.Verification;

/// <summary>Writes the steps of the verification, and counts passed and failed checks.</summary>
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

    /// <summary>Writes a note.</summary>
    public void Note(string text) => write($"      {text}");

    /// <summary>Writes the result of a check.</summary>
    public void Check(bool holds, string text)
    {
        if (holds)
            Passed++;
        else
            Failed++;
        write($"  {(holds ? "ok  " : "FAIL")} {text}");
    }
}
