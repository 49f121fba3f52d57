using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace RedisAspire.ServiceDefaults;

/// <summary><c>HEAD</c> wherever <c>GET</c> is (RFC 9110, 9.1): endpoints are mapped for <c>GET</c> only.</summary>
public static class HeadRequests
{
    private static readonly object Mark = new();

    /// <summary>Answers <c>HEAD</c> like <c>GET</c>, but without content. It must be added before any middleware that reads the method; requests are routed from here on.</summary>
    public static WebApplication UseHead(this WebApplication app)
    {
        app.Use(static (context, next) =>
        {
            // Allow contains GET only in answers to other methods.
            if (HttpMethods.IsGet(context.Request.Method))
                return next(context);
            context.Response.OnStarting(AllowHead, context.Response);
            return HttpMethods.IsHead(context.Request.Method) ? AnswerAsync(context, next) : next(context);
        });
        app.UseRouting();
        return app;
    }

    /// <summary>Whether a request that appears as <c>GET</c> is a <c>HEAD</c> request, whose content is discarded.</summary>
    public static bool IsHead(this HttpContext context) => context.Items.ContainsKey(Mark);

    private static async Task AnswerAsync(HttpContext context, RequestDelegate next)
    {
        context.Items[Mark] = Mark;
        // The server knows the original method, and sends no content.
        context.Request.Method = HttpMethods.Get;
        try
        {
            await next(context);
        }
        finally
        {
            // Metrics and traces of the request get the original method.
            context.Request.Method = HttpMethods.Head;
        }
    }

    private static Task AllowHead(object state)
    {
        var headers = ((HttpResponse)state).Headers;
        if (headers.Allow.Count > 0)
        {
            var methods = headers.GetCommaSeparatedValues(HeaderNames.Allow);
            if (methods.Contains(HttpMethods.Get, StringComparer.Ordinal) && !methods.Contains(HttpMethods.Head, StringComparer.Ordinal))
                headers.Allow = string.Join(", ", [.. methods, HttpMethods.Head]);
        }

        return Task.CompletedTask;
    }
}
