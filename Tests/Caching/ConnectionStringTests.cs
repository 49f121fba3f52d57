using System.Security.Authentication;
using Microsoft.Extensions.DependencyInjection;
using RedisAspire.Caching.Tracking;
using RedisAspire.Tests.Support;
using RedisAspire.Topology;
using StackExchange.Redis;

namespace RedisAspire.Tests.Caching;

/// <summary>What a connection string may say: it counts for every connection, or the application does not start.</summary>
public sealed class ConnectionStringTests(RedisFixture fixture) : IClassFixture<RedisFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("a:1,defaultDatabase=1", "defaultDatabase")]
    [InlineData("a:1,channelPrefix=x", "channelPrefix")]
    [InlineData("a:1,proxy=Twemproxy", "proxy")]
    [InlineData("a:1,serviceName=mymaster", "serviceName")]
    [InlineData("a:1,tunnel=http:proxy:8080", "tunnel")]
    [InlineData("a:1,protocol=resp2", "protocol")]
    [InlineData("a:1,$GET=OBTAIN", "$GET")]
    [InlineData("a:1,b:2", "one node")]
    [InlineData("password=secret", "one node")]
    [InlineData("a:1,passwort=secret", "passwort")]
    public void What_only_some_connections_would_obey_is_refused_by_name(string connectionString, string setting)
    {
        var refusal = Assert.Throws<FormatException>(() => RedisNodeEndpoint.Parse("redis-master", connectionString));

        Assert.Contains("redis-master", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(setting, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", refusal.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("defaultDatabase=0,protocol=resp3,proxy=None")]
    [InlineData("abortConnect=false,allowAdmin=true,name=me,connectTimeout=5000,syncTimeout=1,asyncTimeout=1,connectRetry=3,keepAlive=60,tieBreaker=,configChannel=,resolveDns=false,setlib=false,version=7.0,highIntegrity=true")]
    [InlineData("password=$ecret")]
    public void What_changes_nothing_is_accepted(string settings) => Assert.Equal("a:1", RedisNodeEndpoint.Parse("redis-master", "a:1," + settings).Address);

    [Fact]
    public void What_is_said_about_TLS_counts_for_the_tracked_connection_too()
    {
        var connection = OptionsFor("a:1,user=me,password=secret,ssl=true,sslHost=redis.example,sslProtocols=Tls13,checkCertificateRevocation=false");

        Assert.Equal((true, "redis.example", "me", "secret"), (connection.UseTls, connection.TlsHost, connection.User, connection.Password));
        Assert.Equal((SslProtocols.Tls13, false), (connection.TlsProtocols, connection.ChecksRevocation));
        Assert.True(OptionsFor("a:1,ssl=true").ChecksRevocation);
    }

    [Fact]
    public async Task The_application_does_not_start_with_a_connection_string_that_cannot_be_obeyed()
    {
        var refusal = await Assert.ThrowsAsync<FormatException>(() => CacheHost.StartAsync(fixture.Redis, reach: node => $"{node.ConnectionString},defaultDatabase=1"));

        Assert.Contains("KeyPrefix", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_of_the_application_with_another_database_is_used_with_the_one_that_is_tracked()
    {
        var key = $"key-{Guid.NewGuid():N}";
        using var connection = await ConnectionMultiplexer.ConnectAsync($"{fixture.Redis.Master.ConnectionString},defaultDatabase=1");
        await using var host = await CacheHost.StartAsync(fixture.Redis, options => options.KeyPrefix = "db:", services => services.AddKeyedSingleton<IConnectionMultiplexer>("redis-master", connection));

        await host.Cache.SetAsync(key, "value", cancellationToken: Cancellation);

        Assert.Equal("value", (string?)await fixture.Redis.Master.ExecuteAsync("GET", $"db:{key}"));
        Assert.Equal("value", await host.Cache.GetOrCreateAsync(key, _ => ValueTask.FromResult("source"), cancellationToken: Cancellation));
        Assert.Equal(1, await host.Cache.ClearAsync(Cancellation));
    }

    private static TrackedConnectionOptions OptionsFor(string connectionString) =>
        TrackedConnectionOptions.For(RedisNodeEndpoint.Parse("redis-master", connectionString));
}
