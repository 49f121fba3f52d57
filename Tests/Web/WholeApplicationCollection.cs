using System.Diagnostics.CodeAnalysis;

namespace RedisAspire.Tests.Web;

/// <summary>
/// Tests of all pages, and of those that show what is broken (<see cref="BreakageTests"/>). They share an application of
/// their own, beside <see cref="BrowserCollection"/>, so that both rows of tests run at the same time.
/// </summary>
[CollectionDefinition(nameof(WholeApplicationCollection))]
[SuppressMessage("Naming", "CA1711", Justification = "That is what xunit calls it.")]
public sealed class WholeApplicationCollection : ICollectionFixture<BrowserFixture>;
