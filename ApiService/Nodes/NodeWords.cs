using RedisAspire.Caching.Topology;

namespace RedisAspire.ApiService.Nodes;

/// <summary>How the API says what a node is.</summary>
internal static class NodeWords
{
    public static string StatusOf(RedisNodeStatus node) => node.IsUp ? "up" : "down";

    public static string RoleOf(RedisNodeStatus node) => node.Role switch { RedisRole.Master => "master", RedisRole.Replica => "replica", _ => "unknown" };

    public static string? LinkOf(RedisNodeStatus node) => node.IsLinkUp switch { true => "up", false => "down", null => null };
}
