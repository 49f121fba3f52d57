using Microsoft.Extensions.Options;
using RedisAspire.ApiService.Admin;

namespace RedisAspire.ApiService.Drills;

/// <summary>Talks to who started the nodes.</summary>
internal sealed class DrillClient(HttpClient http, IOptions<DrillOptions> drills, IOptions<AdminOptions> admin)
{
    /// <summary>Orders an accident.</summary>
    /// <exception cref="HttpRequestException">Nobody is there.</exception>
    public async Task<HttpResponseMessage> OrderAsync(string node, string action, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(drills.Value.Address!, $"/nodes/{Uri.EscapeDataString(node)}/{action}"));
        request.Headers.Add(AdminKey.Header, admin.Value.Key);
        return await http.SendAsync(request, cancellationToken);
    }
}
