namespace RedisAspire.AppHost.Verification;

/// <summary>Writes the steps of the verification, and counts passed and failed checks.</summary>
internal sealed class VerificationReport(Action<string> write)
{
    public int Passed { get; private set; }

    public int Failed { get; private set; }

    public string Conclusion => $"{Passed} checks passed, {Failed} failed.";

    public void Heading(string text)
    {
        write("");
        write(text);
    }

    public void Note(string text) => write($"      {text}");

    public void Check(bool holds, string text)
    {
        if (holds)
            Passed++;
        else
            Failed++;
        write($"  {(holds ? "ok  " : "FAIL")} {text}");
    }
}
