

namespace RedisAspire.Hosting;

/// <summary>The users of every node: each may do what its work needs. Every password is a secret parameter.</summary>
internal sealed class RedisCredentials
{
    /// <summary>Adds the parameters.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">The name of the replication.</param>
    /// <param name="password">The application's password; one is generated if it is not given.</param>
    public RedisCredentials(IDistributedApplicationBuilder builder, string name, ParameterResource? password)
    {
        // Which user may do what is the same however Redis is started.
        var users = new RedisUsers(applicationPassword: "");
        Application = new(users.Application.Name, password ?? AddPassword(builder, $"{name}-password"), users.Application.Rules);
        Operator = Add(users.Operator);
        Replication = Add(users.Replication);
        Sentinel = Add(users.Sentinel);
        Statistics = Add(users.Statistics);
        Admin = Add(users.Admin);

        RedisCredential Add(RedisUser user) => new(user.Name, AddPassword(builder, $"{name}-{user.Name}-password"), user.Rules);
    }

    /// <summary>The services. They name no user when they log in.</summary>
    public RedisCredential Application { get; }

    /// <summary>Whoever makes another node the master.</summary>
    public RedisCredential Operator { get; }

    /// <summary>A replica at its master.</summary>
    public RedisCredential Replication { get; }

    /// <summary>Sentinel at the nodes.</summary>
    public RedisCredential Sentinel { get; }

    /// <summary>A monitoring tool.</summary>
    public RedisCredential Statistics { get; }

    /// <summary>Nobody but a person.</summary>
    public RedisCredential Admin { get; }

    /// <summary>All of them.</summary>
    public IEnumerable<RedisCredential> All => [Application, Operator, Replication, Sentinel, Statistics, Admin];

    // Without special characters: a comma would end it in a connection string, a blank in a configuration file.
    // Kept between runs, like those of Aspire.Hosting.Redis: a node's configuration on a volume has the password too.
    private static ParameterResource AddPassword(IDistributedApplicationBuilder builder, string name) =>
        builder.AddParameter(name, new GenerateParameterDefault { MinLength = 32, Special = false }, secret: true, persist: true).Resource;
}
