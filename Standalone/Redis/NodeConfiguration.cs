using System.Globalization;

namespace RedisAspire.Standalone.Redis;

/// <summary>
/// What a node's configuration file tells of its last run. Sentinel and a promotion by hand have the nodes rewrite it,
/// so it knows of a master that was not there from the start.
/// </summary>
/// <param name="Port">The port the node listened on.</param>
/// <param name="MasterPort">The port of the node it followed; none if it was a master.</param>
/// <param name="Written">When the file was written.</param>
internal sealed record NodeConfiguration(int Port, int? MasterPort, DateTime Written)
{
    /// <summary>Reads a file; <see langword="null"/> when there is none to be understood.</summary>
    public static NodeConfiguration? Read(string path)
    {
        if (!File.Exists(path))
            return null;

        int? port = null;
        int? masterPort = null;
        foreach (var line in File.ReadLines(path))
        {
            switch (line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                case ["port", var text]:
                    port = Number(text);
                    break;
                case ["replicaof", _, var text]:
                    masterPort = Number(text);
                    break;
            }
        }

        return port is null ? null : new NodeConfiguration(port.Value, masterPort, File.GetLastWriteTimeUtc(path));
    }

    /// <summary>
    /// Which of the nodes was the master when they ran last: of those that followed nobody the one most others followed;
    /// of equals the one promoted last, because a master that dies is not rewritten.
    /// </summary>
    /// <returns>The node's index; 0 when nothing is known.</returns>
    public static int MasterAmong(IReadOnlyList<NodeConfiguration?> nodes) => Enumerable.Range(0, nodes.Count)
        .OrderByDescending(i => nodes[i] is { MasterPort: null })
        .ThenByDescending(i => nodes.Count(other => other is { MasterPort: { } port } && port == nodes[i]?.Port))
        .ThenByDescending(i => nodes[i] is { MasterPort: null } node ? node.Written : (DateTime?)null)
        .FirstOrDefault();

    private static int? Number(string text) => int.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : null;
}
