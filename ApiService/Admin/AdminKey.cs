using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using Microsoft.OpenApi;
using RedisAspire.ServiceDefaults;

namespace RedisAspire.ApiService.Admin;

/// <summary>The configured admin key. Only a hash of it is kept.</summary>
internal sealed class AdminKey(IOptions<AdminOptions> options)
{
    public const string Header = "X-Admin-Key";

    private readonly Secret _key = new(options.Value.Key);

    public bool IsConfigured => _key.IsConfigured;

    /// <summary>Whether a request's header holds the key, once.</summary>
    public bool Matches(StringValues header) => header is [{ } given] && _key.Matches(given);
}

/// <summary>Access to requests that change or remove things for all users (<c>Admin</c> in the configuration).</summary>
internal sealed class AdminOptions
{
    /// <summary>The key that a request must carry to change anything. Without a configured key all of them are refused.</summary>
    public string? Key { get; set; }
}

/// <summary>Marks an endpoint that needs the admin key, always or for some of what it does.</summary>
internal sealed record AdminKeyMetadata(bool IsAlwaysNeeded);

internal static class AdminKeyExtensions
{
    public static void AddAdminKey(this IServiceCollection services, IConfiguration configuration)
    {
        services.Configure<AdminOptions>(configuration.GetSection("Admin"));
        services.AddSingleton<AdminKey>();
        services.ConfigureAll<OpenApiOptions>(options =>
        {
            options.AddDocumentTransformer(AdminKeyDocumentation.DescribeScheme);
            options.AddOperationTransformer(AdminKeyDocumentation.DescribeRequirement);
        });
    }

    /// <summary>Refuses requests without the admin key, before anything of them is read.</summary>
    public static TBuilder RequireAdminKey<TBuilder>(this TBuilder endpoints)
        where TBuilder : IEndpointConventionBuilder
    {
        endpoints.WithMetadata(new AdminKeyMetadata(IsAlwaysNeeded: true)).ProducesProblems(401, 403);
        // The endpoint itself is wrapped, because filters run only after its parameters have been bound.
        endpoints.Finally(endpoint =>
        {
            var next = endpoint.RequestDelegate!;
            endpoint.RequestDelegate = context => context.RefuseWithoutAdminKey() is { } refusal ? refusal.ExecuteAsync(context) : next(context);
        });
        return endpoints;
    }

    /// <summary>Marks an endpoint of which some requests need the admin key. The endpoint itself checks <see cref="HasAdminKey"/> or <see cref="RefuseWithoutAdminKey"/>.</summary>
    public static TBuilder MayNeedAdminKey<TBuilder>(this TBuilder endpoints)
        where TBuilder : IEndpointConventionBuilder => endpoints.WithMetadata(new AdminKeyMetadata(IsAlwaysNeeded: false)).ProducesProblems(401, 403);

    public static bool HasAdminKey(this HttpContext context) =>
        context.RequestServices.GetRequiredService<AdminKey>().Matches(context.Request.Headers[AdminKey.Header]);

    /// <summary>The answer to a request that lacks the admin key; <see langword="null"/> when it has it.</summary>
    public static ProblemHttpResult? RefuseWithoutAdminKey(this HttpContext context)
    {
        var key = context.RequestServices.GetRequiredService<AdminKey>();
        if (!key.IsConfigured)
        {
            return Answers.Problem(403, "The request needs the admin key, but Admin:Key is not set in the configuration of the API.", "No admin key is configured");
        }

        if (context.HasAdminKey())
            return null;

        context.Response.Headers[HeaderNames.WWWAuthenticate] = "AdminKey";
        return Answers.Problem(401, $"The header {AdminKey.Header} must hold the admin key.", "The admin key is missing or wrong");
    }
}

/// <summary>Describes in the OpenAPI document which endpoints need the admin key.</summary>
internal static class AdminKeyDocumentation
{
    private const string Scheme = "AdminKey";

    public static Task DescribeScheme(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal);
        document.Components.SecuritySchemes[Scheme] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.ApiKey,
            In = ParameterLocation.Header,
            Name = AdminKey.Header,
            Description = "The value of Admin:Key in the configuration of the API.",
        };
        return Task.CompletedTask;
    }

    public static Task DescribeRequirement(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        if (context.Description.ActionDescriptor.EndpointMetadata.OfType<AdminKeyMetadata>().LastOrDefault() is { } need)
        {
            var key = new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Scheme, context.Document)] = [] };
            // The empty requirement beside it allows the request without the key.
            operation.Security = need.IsAlwaysNeeded ? [key] : [key, []];
        }

        return Task.CompletedTask;
    }
}
