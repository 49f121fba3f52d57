using System.Diagnostics.CodeAnalysis;

namespace RedisAspire.Tests.Web;

/// <summary>Tests of single pages, which leave the application as it was and so share one, and one browser, one after another.</summary>
[CollectionDefinition(nameof(BrowserCollection))]
[SuppressMessage("Naming", "CA1711", Justification = "That is what xunit calls it.")]
public sealed class BrowserCollection : ICollectionFixture<BrowserFixture>;
