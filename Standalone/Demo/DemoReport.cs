namespace RedisAspire.Standalone.Demo;

/// <summary>Prints the steps of the demonstration and keeps count of them.</summary>
internal sealed class DemoReport(TextWriter output)
{
    /// <summary>How many checks held.</summary>
    public int Passed { get; private set; }

    /// <summary>How many did not.</summary>
    public int Failed { get; private set; }

    public void Heading(string text) => output.WriteLine($"\n{text}");

    public void Note(string text) => output.WriteLine($"      {text}");

    public void Check(bool holds, string text)
    {
        if (holds)
            Passed++;
        else
            Failed++;
        output.WriteLine($"  {(holds ? "ok  " : "FAIL")} {text}");
    }

    /// <summary>Prints the last line.</summary>
    /// <returns>Whether every check held.</returns>
    public bool Conclude()
    {
        output.WriteLine($"\n{Passed} checks passed, {Failed} failed.");
        return Failed == 0;
    }
}
