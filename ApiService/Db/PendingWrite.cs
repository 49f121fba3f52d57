namespace RedisAspire.ApiService.Db;

/// <summary>A product that waits to be written.</summary>
internal sealed class PendingWrite(Product product)
{
    private readonly TaskCompletionSource<WriteReceipt> _receipt = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Product Product { get; } = product;

    public Task<WriteReceipt> Receipt => _receipt.Task;

    public void Succeed(WriteReceipt receipt) => _receipt.TrySetResult(receipt);

    public void Fail(Exception cause, bool mayHaveHappened) => _receipt.TrySetException(new ProductWriteException(mayHaveHappened, cause));
}
