namespace RedisAspire.ApiService.Db;

/// <summary>A write that waits for its turn.</summary>
internal sealed class PendingWrite(ProductWrite write)
{
    private readonly TaskCompletionSource<WriteReceipt> _receipt = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ProductWrite Write { get; } = write;

    public Task<WriteReceipt> Receipt => _receipt.Task;

    public void Succeed(WriteReceipt receipt) => _receipt.TrySetResult(receipt);

    public void Fail(Exception cause, bool mayHaveHappened) => _receipt.TrySetException(new ProductWriteException(mayHaveHappened, cause));
}
