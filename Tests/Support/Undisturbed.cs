namespace RedisAspire.Tests.Support;

/// <summary>Tests that put the machine under load themselves: they run one after another, after all others.</summary>
[CollectionDefinition(nameof(Undisturbed), DisableParallelization = true)]
public sealed class Undisturbed;
