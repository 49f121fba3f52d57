namespace RedisAspire.Web.Components.Nodes;

/// <summary>The sentences about nodes.</summary>
public sealed class NodeTexts;
