namespace RedisAspire.Hosting;

/// <summary>The users of every node: each may do what its work needs.</summary>
/// <param name="applicationPassword">The password in the services' connection strings.</param>
internal sealed class RedisUsers(string applicationPassword)
{
    private const string NoData = "resetkeys resetchannels -@all";

    // Every key: the cache has no prefix by default, and other programs may share its keys. The channels are the
    // one on which StackExchange.Redis tells its other instances of a new master, and the cache's own.
    // What a whole category grants and the cache does not need is taken away again, above all what
    // empties a node, ends it, reads or changes its settings, or ends somebody else's connection.
    private const string ApplicationRules =
        "~* resetchannels &__Booksleeve_MasterChanged &app:cache:handover "
        + "-@all +@read +@write +@connection +@transaction +@scripting +@pubsub "
        + "-@admin -@dangerous -function -script|flush -script|kill -script|debug "
        + "+info +role +wait +command +client|list +client|no-evict "
        + "+memory|stats +slowlog|get +slowlog|len +latency|latest +latency|histogram";

    /// <summary>The services. They name no user when they log in, and are <c>default</c> then.</summary>
    public RedisUser Application { get; } = new("default", applicationPassword, ApplicationRules);

    /// <summary>The services when they make another node the master or show a node's settings, and for nothing else: it can change them.</summary>
    public RedisUser Operator { get; } = RedisUser.Create("operator", $"{NoData} +ping +info +role +replicaof +failover +config|get +config|set +config|rewrite");

    /// <summary>A replica at its master. The same on every node, so that any may be promoted.</summary>
    public RedisUser Replication { get; } = RedisUser.Create("replication", $"{NoData} +psync +replconf +ping");

    /// <summary>Sentinel at the nodes, as its documentation has it.</summary>
    public RedisUser Sentinel { get; } = RedisUser.Create(
        "sentinel",
        "resetkeys allchannels -@all +multi +slaveof +ping +exec +subscribe +config|rewrite +role +publish +info "
        + "+client|setname +client|kill +script|kill");

    /// <summary>
    /// A monitoring tool: figures of the nodes, no keys. The slow log shows the beginning of slow commands'
    /// arguments, which may be values.
    /// </summary>
    public RedisUser Statistics { get; } = RedisUser.Create(
        "statistics",
        $"{NoData} +ping +info +role +dbsize +client|list +client|setname +memory|stats +memory|doctor +slowlog|get +slowlog|len "
        + "+latency|latest +latency|history +latency|histogram +latency|doctor");

    /// <summary>The launcher, and nobody else.</summary>
    public RedisUser Admin { get; } = RedisUser.Create("admin", "~* &* +@all");

    /// <summary>The lines of <c>redis.conf</c>.</summary>
    public string ToConfiguration() =>
        string.Join('\n', new[] { Application, Operator, Replication, Sentinel, Statistics, Admin }.Select(user => user.ToConfiguration()));
}
