namespace RedisAspire.ApiService.Db;

/// <summary>What a write has done, and how safe that is.</summary>
/// <param name="Data">The product as it is kept now; nothing after it was deleted.</param>
/// <param name="Source">Always <c>redis_db</c>.</param>
/// <param name="Node">The Redis node that has written it.</param>
/// <param name="AcknowledgedReplicas">How many replicas are known to have it.</param>
/// <param name="Durable">Whether those are as many as there have to be.</param>
/// <param name="Explanation">What it means when they are not.</param>
internal sealed record ProductWriteResponse(Product? Data, string Source, string Node, int AcknowledgedReplicas, bool Durable, string? Explanation)
{
    /// <summary>The answer to a write.</summary>
    /// <param name="data">What was written; nothing after it was deleted.</param>
    /// <param name="receipt">What is known of the write.</param>
    /// <param name="minimumReplicas">How many replicas have to have it.</param>
    public static ProductWriteResponse Of(Product? data, WriteReceipt receipt, int minimumReplicas)
    {
        var isDurable = receipt.AcknowledgedReplicas >= minimumReplicas;
        return new ProductWriteResponse(data, ProductResponse.RedisDb, receipt.Node, receipt.AcknowledgedReplicas, isDurable, isDurable ? null : Warning(receipt.AcknowledgedReplicas, minimumReplicas));
    }

    /// <summary>What it means that too few replicas have a write.</summary>
    public static string Warning(int acknowledgedReplicas, int minimumReplicas) =>
        $"Only {acknowledgedReplicas} of {minimumReplicas} replicas have it yet: it may be lost if the master is lost before a replica has it.";
}
