using RedisAspire.Tests.Support;

namespace RedisAspire.Tests.ApiService;

/// <summary>Nodes and the API on them for a whole class of tests, in which one request looks at about 2,000 keys at most.</summary>
public sealed class KeysFixture : ApiFixture
{
    private protected override Task<ApiFactory> StartAsync() => ApiFactory.StartQuietAsync(Redis, ("Keys:MaximumScanned", "2000"));
}
