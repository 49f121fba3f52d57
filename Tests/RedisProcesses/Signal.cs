namespace RedisAspire.RedisProcesses;

/// <summary>A POSIX signal to another process.</summary>
internal enum Signal
{
    /// <summary>Ends the process at once, without a chance to clean up.</summary>
    Kill,

    /// <summary>Asks the process to end.</summary>
    Terminate,

    /// <summary>Stops the process where it is: it hangs, and its connections stay open.</summary>
    Pause,

    /// <summary>Lets a paused process go on.</summary>
    Resume,
}
