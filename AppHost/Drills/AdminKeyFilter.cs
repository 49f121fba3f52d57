using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace RedisAspire.AppHost.Drills;

/// <summary>Lets only requests pass that carry the key of this run in their header <c>X-Admin-Key</c>.</summary>
internal sealed class AdminKeyFilter(string key) : IEndpointFilter
{
    public const string Header = "X-Admin-Key";

    private readonly byte[] _key = Encoding.UTF8.GetBytes(key);

    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        CryptographicOperations.FixedTimeEquals(_key, Encoding.UTF8.GetBytes(context.HttpContext.Request.Headers[Header].ToString()))
            ? next(context)
            : ValueTask.FromResult<object?>(Results.Problem(
                $"The header {Header} must hold the admin key.", statusCode: StatusCodes.Status401Unauthorized));
}
