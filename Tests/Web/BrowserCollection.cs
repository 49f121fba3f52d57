namespace RedisAspire.Tests.Web;

/// <summary>Tests of pages that leave the application as it was, and so share one.</summary>
[CollectionDefinition(nameof(BrowserCollection))]
public sealed class BrowserCollection : ICollectionFixture<BrowserFixture>;
