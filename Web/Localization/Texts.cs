namespace RedisAspire.Web.Localization;

// The texts of the pages. Each class names the resources with the French of a part of the pages; English needs none.

internal sealed class CatalogueTexts;

internal sealed class ClassTexts;

/// <summary>With what the API says about commands.</summary>
internal sealed class ConsoleTexts;

internal sealed class ExplanationTexts;

internal sealed class FailureTexts;

internal sealed class KeyTexts;

internal sealed class LabTexts;

internal sealed class LayoutTexts;

internal sealed class LookupTexts;

internal sealed class NodeTexts;

internal sealed class OperatorTexts;

internal sealed class StatisticsTexts;

internal sealed class TopologyTexts;

internal sealed class TraceTexts;

internal sealed class WorkshopTexts;
