namespace RedisAspire.Web.Components.Explanations;

/// <summary>The sentences of how it works.</summary>
public sealed class ExplanationTexts;
