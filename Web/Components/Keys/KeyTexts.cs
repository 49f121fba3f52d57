namespace RedisAspire.Web.Components.Keys;

/// <summary>The sentences about keys.</summary>
public sealed class KeyTexts;
