namespace RedisAspire.Web.Components.Lab;

/// <summary>The sentences of the lab.</summary>
public sealed class LabTexts;
