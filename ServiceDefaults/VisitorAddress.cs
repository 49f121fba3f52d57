using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace RedisAspire.ServiceDefaults;

/// <summary>
/// The address of the client, by which requests are limited. It is that of the connection, unless one of two trusted
/// parties forwards another: a proxy of the networks in <c>TrustedProxies</c> (<c>10.0.0.0/8,192.168.1.7</c>), by
/// <c>X-Forwarded-For</c>; or the web front end, which proves itself with the secret <c>Frontend:Key</c> of both services.
/// </summary>
public static class VisitorAddress
{
    private const string TrustedProxies = "TrustedProxies";
    private const string FrontendKey = "Frontend:Key";
    private const string AddressHeader = "X-Visitor-Address";
    private const string KeyHeader = "X-Frontend-Key";

    /// <summary>Reads the trusted proxies and the front end's secret.</summary>
    /// <exception cref="FormatException"><c>TrustedProxies</c> names something that is no address and no network.</exception>
    public static IServiceCollection AddVisitorAddress(this IServiceCollection services, IConfiguration configuration)
    {
        var networks = (configuration[TrustedProxies] ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(NetworkOf).ToArray();
        return services.Configure<ForwardedHeadersOptions>(options =>
        {
            // By default the framework trusts loopback, and with empty lists it trusts every address.
            options.KnownProxies.Clear();
            options.KnownIPNetworks.Clear();
            options.ForwardedHeaders = networks.Length == 0 ? ForwardedHeaders.None : ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
            // A request may have passed any number of proxies: the first address that is not a trusted proxy is the visitor's.
            options.ForwardLimit = null;
            foreach (var network in networks)
                options.KnownIPNetworks.Add(network);
        });
    }

    /// <summary>Sets the remote address of each request to that of its visitor.</summary>
    public static IApplicationBuilder UseVisitorAddress(this IApplicationBuilder app)
    {
        var frontend = new Secret(app.ApplicationServices.GetRequiredService<IConfiguration>()[FrontendKey]);
        if (app.ApplicationServices.GetRequiredService<IOptions<ForwardedHeadersOptions>>().Value.ForwardedHeaders != ForwardedHeaders.None)
            app.UseForwardedHeaders();
        return app.Use((context, next) =>
        {
            var headers = context.Request.Headers;
            if (headers[AddressHeader] is [{ } visitor] && headers[KeyHeader] is [{ } key] && frontend.Matches(key) && IPAddress.TryParse(visitor, out var address))
                context.Connection.RemoteIpAddress = address;
            return next(context);
        });
    }

    /// <summary>The address that a request came from; <see langword="null"/> when there is no request, or it has no network address.</summary>
    public static string? Of(HttpContext? context) => context?.Connection.RemoteIpAddress?.ToString();

    /// <summary>Forwards the address of the visitor, if there is one, to another service. The secret in the configuration is why that trusts it.</summary>
    public static void Forward(HttpRequestMessage request, string? visitor, IConfiguration configuration)
    {
        if (visitor is null || configuration[FrontendKey] is not { Length: > 0 } key)
            return;
        request.Headers.TryAddWithoutValidation(AddressHeader, visitor);
        request.Headers.TryAddWithoutValidation(KeyHeader, key);
    }

    private static System.Net.IPNetwork NetworkOf(string text)
    {
        if (System.Net.IPNetwork.TryParse(text, out var network))
            return network;
        if (IPAddress.TryParse(text, out var address))
            return new System.Net.IPNetwork(address, address.GetAddressBytes().Length * 8);
        throw new FormatException($"{TrustedProxies} is a list of addresses and networks such as 10.0.0.0/8, separated by commas; '{text}' is neither.");
    }
}
