using RedisAspire.AppHost.Publishing;

namespace RedisAspire.AppHost;

internal static partial class Publishers
{
    /// <summary>The setting for the target: <c>compose</c>, which is the default, or <c>kubernetes</c>.</summary>
    private const string Setting = "Publish:Target";

    static partial void Add(IDistributedApplicationBuilder builder)
    {
        switch (builder.Configuration[Setting])
        {
            case "compose" or null:
                builder.AddCompose();
                break;
            case "kubernetes":
                builder.AddKubernetes();
                break;
            case var other:
                throw new DistributedApplicationException($"{Setting} must be 'compose' or 'kubernetes', not '{other}'.");
        }
    }
}
