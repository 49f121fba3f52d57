using System.Globalization;

namespace RedisAspire.ApiService.Storage;

/// <summary>An entry of a stream.</summary>
/// <param name="Id">Its id: the time in milliseconds and a number.</param>
/// <param name="Fields">Its fields.</param>
internal sealed record StreamItem(string Id, IReadOnlyDictionary<string, string?> Fields)
{
    /// <summary>When it was added.</summary>
    // Whoever adds an entry may give it any id: there are numbers that are no time.
    public DateTimeOffset AddedAt =>
        long.TryParse(Id.Split('-')[0], CultureInfo.InvariantCulture, out var milliseconds) && milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
            : DateTimeOffset.UnixEpoch;
}
