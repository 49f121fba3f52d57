namespace RedisAspire.ApiService.Db;

/// <summary>A write failed: certainly, or perhaps only its answer was lost.</summary>
/// <param name="mayHaveHappened">Whether the master may have made the write.</param>
/// <param name="cause">Why.</param>
internal sealed class ProductWriteException(bool mayHaveHappened, Exception cause) : Exception(cause.Message, cause)
{
    /// <summary>Whether the master may have made the write.</summary>
    public bool MayHaveHappened { get; } = mayHaveHappened;
}
