namespace RedisAspire.CoherenceWorker;

/// <summary>What a worker says.</summary>
internal enum MessageKind
{
    /// <summary>The cache is in use.</summary>
    Ready,

    /// <summary>All tasks have ended; what they counted.</summary>
    Stopped,

    /// <summary>Every key was compared; what was counted meanwhile.</summary>
    Checked,

    /// <summary>A read that must not have been.</summary>
    Violation,

    /// <summary>What the worker remembers of a suspect key.</summary>
    History,

    /// <summary>Everything is reported.</summary>
    Explained,
}
