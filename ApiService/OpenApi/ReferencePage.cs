namespace RedisAspire.ApiService.OpenApi;

/// <summary><c>/reference</c>: the OpenAPI document as a page, on which requests can be sent.</summary>
internal static class ReferencePage
{
    private const string Path = "/reference";

    // The page sizes its parts with style attributes, and has icons in its style sheet.
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public static void UseReferencePage(this WebApplication app) =>
        app.UseWhen(static context => context.Request.Path.StartsWithSegments(Path, StringComparison.OrdinalIgnoreCase), static page =>
        {
            page.Use(static (context, next) =>
            {
                var headers = context.Response.Headers;
                headers.ContentSecurityPolicy = ContentSecurityPolicy;
                headers.XContentTypeOptions = "nosniff";
                headers["Referrer-Policy"] = "no-referrer";
                return next(context);
            });
            page.UseSwaggerUI(options =>
            {
                options.RoutePrefix = Path[1..];
                options.DocumentTitle = "RedisAspire: the API";
                options.SwaggerEndpoint("/openapi/v1.json", "v1");
                options.EnableDeepLinking();
                options.DisplayRequestDuration();
            });
        });
}
