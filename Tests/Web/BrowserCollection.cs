using System.Diagnostics.CodeAnalysis;

namespace RedisAspire.Tests.Web;

/// <summary>
/// Tests of pages that leave the application as it was, and so share one. After all others: a browser needs a processor
/// of its own, and people who look at a page do not wait for long either.
/// </summary>
[CollectionDefinition(nameof(BrowserCollection), DisableParallelization = true)]
[SuppressMessage("Naming", "CA1711", Justification = "That is what xunit calls it.")]
public sealed class BrowserCollection : ICollectionFixture<BrowserFixture>;
