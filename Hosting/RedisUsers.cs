using System.Security.Cryptography;
using System.Text;

namespace RedisAspire.Hosting;

/// <summary>
/// The users of every node: each may do what its work needs. The services have their password, the others theirs by name, or random ones
/// if they are not given. See https://redis.io/docs/latest/operate/oss_and_stack/management/security/acl/.
/// </summary>
internal sealed class RedisUsers(string applicationPassword, Func<string, string>? passwordOf = null)
{
    public const string OperatorName = "operator";
    public const string ReaderName = "reader";

    private const string NoData = "resetkeys resetchannels -@all";

    /// <summary>The services. They name no user when they log in, and are <c>default</c> then.</summary>
    // The user may access every key: the cache has no prefix by default, and other programs may share its keys. The channel
    // is the one on which StackExchange.Redis announces a new master to its other instances.
    // Commands that a category grants and the cache does not need are removed again, above all those that empty a node, end
    // it, read or change its settings, or close other connections.
    public RedisUser Application { get; } = new(
        "default", applicationPassword,
        "~* resetchannels &__Booksleeve_MasterChanged "
        + "-@all +@read +@write +@connection +@transaction +@scripting +@pubsub "
        + "-@admin -@dangerous -function -script|flush -script|kill -script|debug "
        + "+info +role +wait +command +client|no-evict");

    /// <summary>The services when they make another node the master or show a node's settings, connections and slow log, and for nothing else: it can change settings.</summary>
    public RedisUser Operator { get; } = Create(
        passwordOf, OperatorName,
        $"{NoData} +ping +info +role +replicaof +failover +config|get +config|set +config|rewrite +client|setname +client|id +client|list +slowlog|get");

    /// <summary>The console of the services, when a command reads: the node itself refuses it whatever writes, waits or runs a script.</summary>
    // Not @connection: what it holds beside these changes the connection, which is shared.
    public RedisUser Reader { get; } = Create(
        passwordOf, ReaderName, "~* resetchannels -@all +@read -@blocking -@dangerous +ping +echo +time +info +role +command +client|setname +client|id");

    /// <summary>A replica at its master. The same on every node, so that any may be promoted.</summary>
    public RedisUser Replication { get; } = Create(passwordOf, "replication", $"{NoData} +psync +replconf +ping");

    /// <summary>Sentinel at the nodes, as its documentation has it.</summary>
    public RedisUser Sentinel { get; } = Create(
        passwordOf, "sentinel",
        "resetkeys allchannels -@all +multi +slaveof +ping +exec +subscribe +config|rewrite +role +publish +info +client|setname +client|kill +script|kill");

    /// <summary>
    /// A monitoring tool: figures of the nodes, no keys. The slow log shows the beginning of slow commands'
    /// arguments, which may be values.
    /// </summary>
    public RedisUser Statistics { get; } = Create(
        passwordOf, "statistics",
        $"{NoData} +ping +info +role +dbsize +client|list +client|setname +memory|stats +memory|doctor +slowlog|get +slowlog|len "
        + "+latency|latest +latency|history +latency|histogram +latency|doctor");

    /// <summary>A person: no service uses it.</summary>
    public RedisUser Admin { get; } = Create(passwordOf, "admin", "~* &* +@all");

    public IEnumerable<RedisUser> All => [Application, Operator, Reader, Replication, Sentinel, Statistics, Admin];

    /// <summary>Whether the configuration holds hashes rather than passwords.</summary>
    public bool IsHashed { get; init; } = true;

    /// <summary>The name that the nodes and sentinels of this run give the command with which Sentinel makes a node follow another; nothing where the command keeps its name.</summary>
    public string? FollowCommand { get; init; } = $"slaveof-{RandomNumberGenerator.GetHexString(32, lowercase: true)}";

    private static RedisUser Create(Func<string, string>? passwordOf, string name, string rules) =>
        new(name, passwordOf?.Invoke(name) ?? RandomNumberGenerator.GetHexString(32, lowercase: true), rules);
}

/// <summary>A user of the nodes' access control lists, with the password in clear, and the rules about keys, channels and commands.</summary>
internal sealed record RedisUser(string Name, string Password, string Rules)
{
    /// <summary>The user's line in <c>redis.conf</c>, with the password or its hash.</summary>
    public string ToConfiguration(bool isHashed) =>
        $"user {Name} on {(isHashed ? $"#{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Password)))}" : $">{Password}")} {Rules}";

    /// <inheritdoc/>
    public override string ToString() => Name;
}
