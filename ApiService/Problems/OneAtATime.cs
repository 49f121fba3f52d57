namespace RedisAspire.ApiService.Problems;

/// <summary>Lets one request at a time do what this process can bear only once.</summary>
internal sealed class OneAtATime
{
    private Turn? _current;

    /// <summary>Takes the turn until it is disposed of, at the end of the request at the latest; <see langword="null"/> when somebody else has it.</summary>
    public IDisposable? TryEnter(HttpContext context)
    {
        var turn = new Turn(this);
        if (Interlocked.CompareExchange(ref _current, turn, comparand: null) is not null)
            return null;

        context.Response.RegisterForDispose(turn);
        return turn;
    }

    private sealed class Turn(OneAtATime owner) : IDisposable
    {
        // Once is enough: later the turn is somebody else's.
        public void Dispose() => Interlocked.CompareExchange(ref owner._current, value: null, comparand: this);
    }
}
