namespace RedisAspire.ApiService.Problems;

/// <summary>Admits one request at a time to an operation that may not run twice in this process.</summary>
internal sealed class OneAtATime
{
    private Turn? _current;

    /// <summary>Takes the turn until it is disposed of, at the end of the request at the latest; <see langword="null"/> when another request has it.</summary>
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
        // Only the first call has an effect: later the turn may be that of another request.
        public void Dispose() => Interlocked.CompareExchange(ref owner._current, value: null, comparand: this);
    }
}
