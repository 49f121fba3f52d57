using System.Net.Mime;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;

namespace RedisAspire.ApiService.Admin;

/// <summary>Guards endpoints with the admin key.</summary>
internal static class AdminKeyExtensions
{
    public static IServiceCollection AddAdminKey(this IServiceCollection services, IConfiguration configuration)
    {
        services.Configure<AdminOptions>(configuration.GetSection("Admin"));
        services.AddSingleton<AdminKey>();
        services.ConfigureAll<Microsoft.AspNetCore.OpenApi.OpenApiOptions>(options =>
        {
            options.AddDocumentTransformer(AdminKeyDocumentation.DescribeScheme);
            options.AddOperationTransformer(AdminKeyDocumentation.DescribeRequirement);
        });
        return services;
    }

    /// <summary>Lets only those requests pass that carry the admin key. Nothing of the others is read, not even the body.</summary>
    /// <param name="endpoints">An endpoint or a group of them.</param>
    public static TBuilder RequireAdminKey<TBuilder>(this TBuilder endpoints)
        where TBuilder : IEndpointConventionBuilder
    {
        endpoints.Add(endpoint => Describe(endpoint, AdminKeyMetadata.Always));
        // Around the whole endpoint: filters run only after its parameters have been bound.
        endpoints.Finally(endpoint =>
        {
            var next = endpoint.RequestDelegate!;
            endpoint.RequestDelegate = context => context.RefuseWithoutAdminKey() is { } refusal ? refusal.ExecuteAsync(context) : next(context);
        });
        return endpoints;
    }

    /// <summary>Says that some of what an endpoint does needs the admin key: which, it asks of <see cref="HasAdminKey"/> or <see cref="RefuseWithoutAdminKey"/>.</summary>
    /// <param name="endpoints">An endpoint or a group of them.</param>
    public static TBuilder MayNeedAdminKey<TBuilder>(this TBuilder endpoints)
        where TBuilder : IEndpointConventionBuilder
    {
        endpoints.Add(endpoint => Describe(endpoint, AdminKeyMetadata.Sometimes));
        return endpoints;
    }

    /// <summary>Whether a request carries the admin key.</summary>
    public static bool HasAdminKey(this HttpContext context) =>
        context.RequestServices.GetRequiredService<AdminKey>().Matches(context.Request.Headers[AdminKey.Header]);

    /// <summary>The answer to a request that lacks the admin key; <see langword="null"/> when it has it.</summary>
    public static ProblemHttpResult? RefuseWithoutAdminKey(this HttpContext context)
    {
        var key = context.RequestServices.GetRequiredService<AdminKey>();
        if (!key.IsConfigured)
        {
            return TypedResults.Problem(
                "Nobody may do this, because Admin:Key is not set in the configuration of the API.",
                statusCode: StatusCodes.Status403Forbidden, title: "No admin key is configured");
        }

        if (context.HasAdminKey())
            return null;

        context.Response.Headers[HeaderNames.WWWAuthenticate] = "AdminKey";
        return TypedResults.Problem(
            $"The header {AdminKey.Header} has to hold the admin key.", statusCode: StatusCodes.Status401Unauthorized, title: "The admin key is missing or wrong");
    }

    private static void Describe(EndpointBuilder endpoint, AdminKeyMetadata need)
    {
        endpoint.Metadata.Add(need);
        endpoint.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status401Unauthorized, typeof(ProblemDetails), [MediaTypeNames.Application.ProblemJson]));
        endpoint.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status403Forbidden, typeof(ProblemDetails), [MediaTypeNames.Application.ProblemJson]));
    }
}
