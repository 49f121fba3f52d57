namespace RedisAspire.Web.Api.Catalogue;

/// <summary>What a write has done, and how safe that is.</summary>
/// <param name="Data">The product as it is kept now; nothing after it was deleted.</param>
/// <param name="Node">The Redis node that has written it.</param>
/// <param name="AcknowledgedReplicas">How many replicas are known to have it.</param>
/// <param name="Durable">Whether those are as many as there have to be.</param>
public sealed record ProductWriteResponse(ProductResponse? Data, string Node, int AcknowledgedReplicas, bool Durable);
