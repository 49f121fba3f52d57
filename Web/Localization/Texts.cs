namespace RedisAspire.Web.Localization;

// The sentences of the pages. Each class names the resources with the French of a part of the pages; English needs none.

/// <summary>The sentences about products.</summary>
public sealed class CatalogueTexts;

/// <summary>The sentences of how it works.</summary>
public sealed class ExplanationTexts;

/// <summary>The sentences about what went wrong.</summary>
public sealed class FailureTexts;

/// <summary>The sentences about keys.</summary>
public sealed class KeyTexts;

/// <summary>The sentences of the lab.</summary>
public sealed class LabTexts;

/// <summary>The sentences around every page.</summary>
public sealed class LayoutTexts;

/// <summary>The sentences about look-ups.</summary>
public sealed class LookupTexts;

/// <summary>The sentences about nodes.</summary>
public sealed class NodeTexts;

/// <summary>The sentences about who may do what.</summary>
public sealed class OperatorTexts;

/// <summary>The sentences about figures.</summary>
public sealed class StatisticsTexts;

/// <summary>The sentences about the nodes together.</summary>
public sealed class TopologyTexts;

/// <summary>The sentences of the workshop.</summary>
public sealed class WorkshopTexts;
