namespace RedisAspire.AppHost;

/// <summary>
/// Aspire's own publishers for Docker Compose and Kubernetes. They are there when the project is built with
/// <c>-p:AspirePublishers=true</c>: the folder <c>Publishing</c> is compiled then.
/// </summary>
internal static partial class Publishers
{
    /// <summary>Adds them to an application that has all of its resources; without them it does nothing.</summary>
    public static void AddPublishers(this IDistributedApplicationBuilder builder)
    {
        if (builder.ExecutionContext.IsPublishMode)
            Add(builder);
    }

    static partial void Add(IDistributedApplicationBuilder builder);
}
