namespace RedisAspire.ApiService.Storage;

/// <summary>Reads the Lua scripts that run in Redis. Each is a file beside the class that sends it, embedded under the name of the file.</summary>
internal static class EmbeddedScript
{
    /// <summary>Reads a script; several files are one script, in their order.</summary>
    public static string Read(params string[] files) => string.Concat(files.Select(ReadFile));

    private static string ReadFile(string file)
    {
        using var script = new StreamReader(typeof(EmbeddedScript).Assembly.GetManifestResourceStream(file)!);
        return script.ReadToEnd();
    }
}
