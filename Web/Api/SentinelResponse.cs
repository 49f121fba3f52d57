namespace RedisAspire.Web.Api;

/// <summary>One sentinel, as the API last heard of it.</summary>
/// <param name="Name">Its name in the configuration.</param>
/// <param name="Address">Where it listens.</param>
/// <param name="Answers">Whether it says who the master is.</param>
/// <param name="Error">Why it does not.</param>
/// <param name="Master">The node that it takes for the master; none when that is no node of ours.</param>
/// <param name="Epoch">The configuration epoch: of two sentinels the one with the higher knows better.</param>
/// <param name="Quorum">How many sentinels have to take the master for down before it is replaced.</param>
/// <param name="OtherSentinels">How many other sentinels it knows.</param>
public sealed record SentinelResponse(
    string Name,
    string Address,
    bool Answers,
    string? Error,
    string? Master,
    long? Epoch,
    int? Quorum,
    int? OtherSentinels);
