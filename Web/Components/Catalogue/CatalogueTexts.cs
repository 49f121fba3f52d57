namespace RedisAspire.Web.Components.Catalogue;

/// <summary>The sentences about products.</summary>
public sealed class CatalogueTexts;
