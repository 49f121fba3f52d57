namespace RedisAspire.Web;

/// <summary>Headers that let a page load only what this server serves, and run no inline script.</summary>
internal static class SecurityHeaders
{
    // Radzen positions and sizes its components with style attributes, so these alone are allowed inline.
    private const string ContentSecurityPolicy =
        "default-src 'self'; "
        + "style-src 'self'; style-src-attr 'unsafe-inline'; "
        + "img-src 'self' data:; "
        + "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

    public static IApplicationBuilder UseSecurityHeaders(this IApplicationBuilder app) =>
        app.Use(static (context, next) =>
        {
            // The headers are set last, because the middleware that produces error pages clears the headers before.
            context.Response.OnStarting(static response =>
            {
                var headers = ((HttpResponse)response).Headers;
                headers.ContentSecurityPolicy = ContentSecurityPolicy;
                headers.XContentTypeOptions = "nosniff";
                headers["Referrer-Policy"] = "no-referrer";
                return Task.CompletedTask;
            }, context.Response);
            return next(context);
        });
}
