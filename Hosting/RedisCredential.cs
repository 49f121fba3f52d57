namespace RedisAspire.Hosting;

/// <summary>A user of every node.</summary>
/// <param name="Name">The user's name.</param>
/// <param name="Password">Its password.</param>
/// <param name="Rules">What it may do, in the language of Redis' access control lists.</param>
internal sealed record RedisCredential(string Name, ParameterResource Password, string Rules);
