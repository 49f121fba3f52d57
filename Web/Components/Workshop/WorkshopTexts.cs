namespace RedisAspire.Web.Components.Workshop;

/// <summary>The sentences of the workshop.</summary>
public sealed class WorkshopTexts;
