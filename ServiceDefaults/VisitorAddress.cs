using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace RedisAspire.ServiceDefaults;

/// <summary>
/// The address of the person who asks, by whom requests are limited. It is that of the connection, unless one of two says
/// otherwise: a proxy of the networks in <c>TrustedProxies</c> (<c>10.0.0.0/8,192.168.1.7</c>), by <c>X-Forwarded-For</c>;
/// or the web front end, which proves itself with the secret <c>Frontend:Key</c> that both services are given. Nobody
/// else is believed.
/// </summary>
public static class VisitorAddress
{
    private const string TrustedProxies = "TrustedProxies";
    private const string FrontendKey = "Frontend:Key";
    private const string AddressHeader = "X-Visitor-Address";
    private const string KeyHeader = "X-Frontend-Key";

    /// <summary>Reads whom to believe.</summary>
    /// <param name="services">The services of an application.</param>
    /// <param name="configuration">Its configuration.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="FormatException"><c>TrustedProxies</c> names something that is no address and no network.</exception>
    public static IServiceCollection AddVisitorAddress(this IServiceCollection services, IConfiguration configuration)
    {
        var networks = (configuration[TrustedProxies] ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(NetworkOf).ToArray();
        return services.Configure<ForwardedHeadersOptions>(options =>
        {
            // The framework believes loopback if it is told nothing, and everybody if it is told of nobody.
            options.KnownProxies.Clear();
            options.KnownIPNetworks.Clear();
            options.ForwardedHeaders = networks.Length == 0 ? ForwardedHeaders.None : ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
            // However many of them a request has passed: the first address that is none of theirs is the visitor's.
            options.ForwardLimit = null;
            foreach (var network in networks)
                options.KnownIPNetworks.Add(network);
        });
    }

    /// <summary>Has each request come from its visitor.</summary>
    /// <param name="app">The application.</param>
    /// <returns>The same application.</returns>
    public static IApplicationBuilder UseVisitorAddress(this IApplicationBuilder app)
    {
        var frontend = new Secret(app.ApplicationServices.GetRequiredService<IConfiguration>()[FrontendKey]);
        return app.UseForwardedHeaders().Use((context, next) =>
        {
            var headers = context.Request.Headers;
            if (headers[AddressHeader] is [{ } visitor] && headers[KeyHeader] is [{ } key] && frontend.Matches(key) && IPAddress.TryParse(visitor, out var address))
                context.Connection.RemoteIpAddress = address;
            return next(context);
        });
    }

    /// <summary>The address that a request came from.</summary>
    /// <param name="context">The request.</param>
    /// <returns>The address; <see langword="null"/> when there is no request, or it came by no network.</returns>
    public static string? Of(HttpContext? context) => context?.Connection.RemoteIpAddress?.ToString();

    /// <summary>Tells another service for whom it is asked.</summary>
    /// <param name="request">The request to that service.</param>
    /// <param name="visitor">The address of the visitor, if there is one.</param>
    /// <param name="configuration">Holds the secret by which the other service believes it.</param>
    public static void Tell(HttpRequestMessage request, string? visitor, IConfiguration configuration)
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
