using System.Diagnostics.CodeAnalysis;

namespace RedisAspire.Tests.Web;

/// <summary>Tests of pages that break the application they share, and put it right again.</summary>
[CollectionDefinition(nameof(BreakageCollection), DisableParallelization = true)]
[SuppressMessage("Naming", "CA1711", Justification = "That is what xunit calls it.")]
public sealed class BreakageCollection : ICollectionFixture<BrowserFixture>;
