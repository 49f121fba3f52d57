using System.Diagnostics.CodeAnalysis;

namespace RedisAspire.Tests.AppHost;

/// <summary>Tests that share one application, one after another. They may break it; whoever needs it whole waits until it is.</summary>
[CollectionDefinition(nameof(ProcessApplicationCollection))]
[SuppressMessage("Naming", "CA1711", Justification = "That is what xunit calls it.")]
public sealed class ProcessApplicationCollection : ICollectionFixture<ProcessApplication>;
