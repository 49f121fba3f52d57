namespace RedisAspire.Web.Components.Lookups;

/// <summary>The sentences about look-ups.</summary>
public sealed class LookupTexts;
