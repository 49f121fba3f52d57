namespace RedisAspire.Web.Localization;

// The texts of the pages. Each class names the resources with the French of a part of the pages; English needs none.

/// <summary>The texts about products.</summary>
public sealed class CatalogueTexts;

/// <summary>The texts of the class.</summary>
public sealed class ClassTexts;

/// <summary>The texts of the console, and what the API says about commands there.</summary>
public sealed class ConsoleTexts;

/// <summary>The texts of how it works.</summary>
public sealed class ExplanationTexts;

/// <summary>The texts about what went wrong.</summary>
public sealed class FailureTexts;

/// <summary>The texts about keys.</summary>
public sealed class KeyTexts;

/// <summary>The texts of the lab.</summary>
public sealed class LabTexts;

/// <summary>The texts around every page.</summary>
public sealed class LayoutTexts;

/// <summary>The texts about look-ups.</summary>
public sealed class LookupTexts;

/// <summary>The texts about nodes.</summary>
public sealed class NodeTexts;

/// <summary>The texts about who may do what.</summary>
public sealed class OperatorTexts;

/// <summary>The texts about figures.</summary>
public sealed class StatisticsTexts;

/// <summary>The texts about the nodes together.</summary>
public sealed class TopologyTexts;

/// <summary>The texts about what just happened.</summary>
public sealed class TraceTexts;

/// <summary>The texts of the workshop.</summary>
public sealed class WorkshopTexts;
