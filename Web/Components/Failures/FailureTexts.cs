namespace RedisAspire.Web.Components.Failures;

/// <summary>The sentences about what went wrong.</summary>
public sealed class FailureTexts;
