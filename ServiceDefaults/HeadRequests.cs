using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace RedisAspire.ServiceDefaults;

/// <summary><c>HEAD</c> wherever <c>GET</c> is (RFC 9110, 9.1): endpoints say only what they answer to <c>GET</c>.</summary>
public static class HeadRequests
{
    private static readonly object Mark = new();

    /// <summary>Has <c>HEAD</c> answered as <c>GET</c> without its content. Comes before everything that looks at the method; requests are routed from here on.</summary>
    /// <param name="app">The service.</param>
    /// <returns>The same service.</returns>
    public static WebApplication UseHead(this WebApplication app)
    {
        app.Use(static (context, next) =>
        {
            context.Response.OnStarting(AllowHead, context.Response);
            return HttpMethods.IsHead(context.Request.Method) ? AnswerAsync(context, next) : next(context);
        });
        app.UseRouting();
        return app;
    }

    /// <summary>Whether a request that looks like <c>GET</c> is one for the head of its answer alone.</summary>
    /// <param name="context">The request.</param>
    /// <returns>Whether whatever is written as content goes nowhere.</returns>
    public static bool IsHead(this HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Items.ContainsKey(Mark);
    }

    private static async Task AnswerAsync(HttpContext context, RequestDelegate next)
    {
        context.Items[Mark] = Mark;
        // The server has seen what it was, and sends no content.
        context.Request.Method = HttpMethods.Get;
        try
        {
            await next(context);
        }
        finally
        {
            // Whoever measures the request sees what it was.
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
