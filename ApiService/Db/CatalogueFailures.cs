namespace RedisAspire.ApiService.Db;

/// <summary>Answers failures of the catalogue with problem details, which say whether the product may have been written all the same.</summary>
internal static class CatalogueFailures
{
    public static async ValueTask<object?> AnswerAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (NoProductException failure)
        {
            return Answers.Problem(409, failure.Message);
        }
        catch (Exception failure) when (RedisFailure.IsWrongType(failure))
        {
            return Answers.Problem(409, "Another client has stored something else at the key of the product or of one of the catalogue's indexes.");
        }
        catch (ProductWriteException failure)
        {
            context.HttpContext.Response.Headers.RetryAfter = "1";
            return TypedResults.Problem(
                $"{RedisFailure.Describe(failure.InnerException!)} {Consequence(failure.MayHaveHappened, context.HttpContext.Request.Method)}",
                statusCode: StatusCodes.Status503ServiceUnavailable, title: "Redis is not available",
                extensions: new Dictionary<string, object?>(StringComparer.Ordinal) { ["mayHaveBeenWritten"] = failure.MayHaveHappened });
        }
    }

    // Each POST creates another product.
    private static string Consequence(bool mayHaveHappened, string method) => (mayHaveHappened, HttpMethods.IsPost(method)) switch
    {
        (false, _) => "The product was not written.",
        (true, false) => "The product may have been written: it is safe to send it again.",
        (true, true) => "The product may have been written: look for it before you send it again.",
    };
}

/// <summary>Another client has stored something else at the key of a product.</summary>
internal sealed class NoProductException(string message) : Exception(message);

/// <summary>A write failed, or its answer was lost.</summary>
internal sealed class ProductWriteException(bool mayHaveHappened, Exception cause) : Exception(cause.Message, cause)
{
    /// <summary>Whether the master may have made the write.</summary>
    public bool MayHaveHappened { get; } = mayHaveHappened;
}
