namespace RedisAspire.Caching.Tracking;

/// <summary>The connection to the node is not armed, or was lost before the reply came.</summary>
internal sealed class TrackedConnectionLostException(string node, Exception? reason)
    : Exception($"The tracked connection to {node} is not up{(reason is null ? "." : ": " + reason.Message)}", reason);
