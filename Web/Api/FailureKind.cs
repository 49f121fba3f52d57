namespace RedisAspire.Web.Api;

/// <summary>How far a request to the API came.</summary>
public enum FailureKind
{
    /// <summary>The API answered that it does not, or cannot, do it.</summary>
    Refused,

    /// <summary>The API was not reached.</summary>
    Unreachable,

    /// <summary>The API did not answer in time.</summary>
    TimedOut,

    /// <summary>The API stopped in the middle of its answer.</summary>
    BrokenOff,
}
