using System.Threading.Channels;
using Microsoft.Extensions.Options;

namespace RedisAspire.ApiService.Leaderboard;

/// <summary>The requests that have not been counted in Redis yet. Whoever adds one waits for nothing.</summary>
internal sealed class RequestTally(IOptions<LeaderboardOptions> options)
{
    private readonly Channel<string> _requests = Channel.CreateBounded<string>(
        new BoundedChannelOptions(options.Value.MaximumWaiting) { SingleReader = true });

    /// <summary>Adds a request of a key, unless too many wait.</summary>
    public void Add(string key) => _requests.Writer.TryWrite(key);

    /// <summary>Waits until a request has been added.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken) => await _requests.Reader.WaitToReadAsync(cancellationToken);

    /// <summary>Takes all requests, as numbers by key.</summary>
    public Dictionary<string, int> Take()
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        // As many as there may be, so that it ends while others keep adding.
        for (var i = 0; i < options.Value.MaximumWaiting && _requests.Reader.TryRead(out var key); i++)
            counts[key] = counts.GetValueOrDefault(key) + 1;
        return counts;
    }
}
