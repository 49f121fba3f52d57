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
        endpoints.Add(endpoint =>
        {
            endpoint.Metadata.Add(AdminKeyMetadata.Instance);
            endpoint.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status401Unauthorized, typeof(ProblemDetails), [MediaTypeNames.Application.ProblemJson]));
            endpoint.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status403Forbidden, typeof(ProblemDetails), [MediaTypeNames.Application.ProblemJson]));
        });
        // Around the whole endpoint: filters run only after its parameters have been bound.
        endpoints.Finally(endpoint =>
        {
            var next = endpoint.RequestDelegate!;
            endpoint.RequestDelegate = context => Refuse(context) is { } refusal ? refusal.ExecuteAsync(context) : next(context);
        });
        return endpoints;
    }

    private static ProblemHttpResult? Refuse(HttpContext context)
    {
        var key = context.RequestServices.GetRequiredService<AdminKey>();
        if (!key.IsConfigured)
        {
            return TypedResults.Problem(
                "Nobody may do this, because Admin:Key is not set in the configuration of the API.",
                statusCode: StatusCodes.Status403Forbidden, title: "No admin key is configured");
        }

        if (key.Matches(context.Request.Headers[AdminKey.Header]))
            return null;

        context.Response.Headers[HeaderNames.WWWAuthenticate] = "AdminKey";
        return TypedResults.Problem(
            $"The header {AdminKey.Header} has to hold the admin key.", statusCode: StatusCodes.Status401Unauthorized, title: "The admin key is missing or wrong");
    }
}
