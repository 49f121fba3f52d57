using System.Collections.Concurrent;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace RedisAspire.ServiceDefaults.WithoutAspire;

/// <summary>
/// Stands in for Microsoft.Extensions.ServiceDiscovery: finds a service's addresses in the configuration
/// (<c>services:{name}:{scheme}:{n}</c>) and takes them in turn.
/// </summary>
internal static class ServiceDiscovery
{
    public static IServiceCollection AddServiceDiscovery(this IServiceCollection services) =>
        services.AddSingleton<AddressBook>().AddTransient<ResolvingHandler>();

    public static IHttpClientBuilder AddServiceDiscovery(this IHttpClientBuilder http) => http.AddHttpMessageHandler<ResolvingHandler>();

    private sealed class AddressBook(IConfiguration configuration)
    {
        private readonly ConcurrentDictionary<string, int> _turns = new(StringComparer.Ordinal);

        public Uri Resolve(Uri address)
        {
            foreach (var scheme in address.Scheme.Split('+'))
            {
                var found = configuration.GetSection($"services:{address.Host}:{scheme}").GetChildren()
                    .Select(child => child.Value).Where(value => value is not null).ToArray();
                if (found.Length == 0)
                    continue;

                var turn = _turns.AddOrUpdate(address.Host, 0, (_, last) => (last + 1) & int.MaxValue);
                return new Uri(new Uri(found[turn % found.Length]!), address.PathAndQuery);
            }

            // Not a service's name: the address itself, with the plain scheme where several are allowed.
            return address.Scheme.Contains('+', StringComparison.Ordinal) ? new UriBuilder(address) { Scheme = "http" }.Uri : address;
        }
    }

    private sealed class ResolvingHandler(AddressBook addresses) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var asked = request.RequestUri!;
            request.RequestUri = addresses.Resolve(asked);
            try
            {
                return await base.SendAsync(request, cancellationToken);
            }
            finally
            {
                // A repeated request is resolved again, perhaps to another instance.
                request.RequestUri = asked;
            }
        }
    }
}
