namespace RedisAspire.Hosting;

/// <summary>
/// What published containers are given: no app host writes their files, so a start script writes the configuration that it
/// finds in the environment. Passwords in it become known where the node starts.
/// </summary>
internal static class RedisPublishing
{
    private const string DirectoryInContainer = "/data";

    /// <summary>Completes a published container.</summary>
    public static void Configure(IResourceBuilder<ContainerResource> container, RedisReplicationResource redis, RedisMember member)
    {
        container.WithEntrypoint("/bin/sh")
            .WithArgs("-c", StartScript(member))
            .WithEnvironment(context =>
            {
                // For redis-cli inside the container, and for probes.
                context.EnvironmentVariables["REDISCLI_AUTH"] = redis.Credentials.Application;
                // A chart's values list those parameters only that are variables of their own.
                foreach (var password in redis.Credentials.All)
                    context.EnvironmentVariables[password.Name.Replace('-', '_').ToUpperInvariant()] = password;
                context.EnvironmentVariables["REDIS_CONFIGURATION"] = ConfigurationOf(redis, member);
            });
        // Names are resolved once, when a sentinel reads its file.
        if (member.IsSentinel)
            container.WaitForStart(container.ApplicationBuilder.CreateResourceBuilder(redis.Nodes.First()));
    }

    // Redis and the sentinels store roles in the file, so it is kept until the configuration changes. Nothing of
    // the environment remains. The official image's own start script gives up the rights of root, but makes redis the owner
    // of no directory with files that it does not know.
    private static string StartScript(RedisMember member) =>
        $$"""
        set -eu
        umask 077
        cd {{DirectoryInContainer}}
        chmod 700 . || true
        if [ "$(cat configured 2> /dev/null)" != "$(printf '%s' "$REDIS_CONFIGURATION")" ]; then
          printf '%s\n' "$REDIS_CONFIGURATION" > redis.conf
          cp redis.conf configured
        fi
        if [ "$(id -u)" = 0 ]; then chown -R redis . || true; fi
        exec env -i PATH="$PATH" SKIP_FIX_PERMS=1 docker-entrypoint.sh redis-server ./redis.conf{{(member.IsSentinel ? " --sentinel" : "")}}
        """;

    // The same text as everywhere, with expressions where values are not known yet.
    private static ReferenceExpression ConfigurationOf(RedisReplicationResource redis, RedisMember member)
    {
        var placeholders = new Dictionary<string, IManifestExpressionProvider>(StringComparer.Ordinal);
        var users = redis.Credentials.WithPlaceholders(Placeholder);
        var place = PlaceOf(member);
        var master = redis.NodeMembers.First();
        var text = member.IsSentinel
            ? RedisConfiguration.OfSentinel(users, place, PlaceOf(master), redis.SentinelMembers.Count())
            : RedisConfiguration.OfNode(redis.Settings, users, place, member == master ? null : PlaceOf(master));

        var expression = new ReferenceExpressionBuilder();
        foreach (var part in text.Split('\0'))
        {
            if (!placeholders.TryGetValue(part, out var value))
                expression.AppendLiteral(part);
            else if (value is ParameterResource parameter)
                expression.Append($"{parameter}");
            else
                expression.Append($"{(EndpointReferenceExpression)value}");
        }

        return expression.Build();

        string Placeholder(IManifestExpressionProvider value)
        {
            var name = $"placeholder-{value.ValueExpression}";
            placeholders[name] = value;
            return $"\0{name}\0";
        }

        RedisPlace PlaceOf(RedisMember of) => new(
            Placeholder(of.Endpoint.Property(EndpointProperty.TargetPort)),
            DirectoryInContainer,
            Placeholder(of.Endpoint.Property(EndpointProperty.IPV4Host)),
            Placeholder(of.Endpoint.Property(EndpointProperty.Port)),
            IsContainer: true);
    }
}
