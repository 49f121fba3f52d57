using System.Diagnostics.CodeAnalysis;

namespace RedisAspire.Tests.Web;

/// <summary>Tests of pages that leave the application as it was, and so share one.</summary>
[CollectionDefinition(nameof(BrowserCollection))]
[SuppressMessage("Naming", "CA1711", Justification = "That is what xunit calls it.")]
public sealed class BrowserCollection : ICollectionFixture<BrowserFixture>;
