namespace RedisAspire.Web.Components.Topology;

/// <summary>The sentences about the nodes together.</summary>
public sealed class TopologyTexts;
