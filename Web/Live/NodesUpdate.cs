using RedisAspire.Web.Api;

namespace RedisAspire.Web.Live;

/// <summary>The Redis nodes at one moment.</summary>
/// <param name="Nodes">The nodes as last known; empty when they never were.</param>
/// <param name="KnownAt">When they were known last.</param>
/// <param name="Problem">Why they could not be read now; <see langword="null"/> when they could.</param>
public sealed record NodesUpdate(IReadOnlyList<NodeResponse> Nodes, DateTimeOffset? KnownAt, string? Problem)
{
    /// <summary>Nothing is known yet.</summary>
    public static NodesUpdate None { get; } = new([], null, null);

    /// <summary>Whether the API answered.</summary>
    public bool IsReachable => Problem is null;
}
