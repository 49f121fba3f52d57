namespace RedisAspire.Web.Components.Layout;

/// <summary>The sentences around every page.</summary>
public sealed class LayoutTexts;
