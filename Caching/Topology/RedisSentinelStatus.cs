namespace RedisAspire.Caching.Topology;

/// <summary>What is known of one sentinel at one moment.</summary>
/// <param name="Name">Its name in the configuration, for example <c>redis-sentinel-1</c>.</param>
/// <param name="Address">Where it listens, as <c>host:port</c>.</param>
/// <param name="Answers">Whether it says who the master is.</param>
/// <param name="Error">Why it does not; <see langword="null"/> when it does.</param>
/// <param name="Master">The name of the node that it takes for the master; <see langword="null"/> when that is none of ours.</param>
/// <param name="MasterAddress">The address of the master by its word.</param>
/// <param name="Epoch">The configuration epoch: of two sentinels the one with the higher knows better.</param>
/// <param name="Quorum">How many sentinels have to take the master for down before it is replaced.</param>
/// <param name="OtherSentinels">How many other sentinels it knows.</param>
public sealed record RedisSentinelStatus(
    string Name,
    string Address,
    bool Answers,
    string? Error,
    string? Master,
    string? MasterAddress,
    long? Epoch,
    int? Quorum,
    int? OtherSentinels);
