using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace RedisAspire.ApiService.Admin;

/// <summary>Says in the OpenAPI document which endpoints need the admin key.</summary>
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
            // An empty requirement beside it: the request may also be made without.
            operation.Security = need.IsAlwaysNeeded ? [key] : [key, []];
        }

        return Task.CompletedTask;
    }
}
