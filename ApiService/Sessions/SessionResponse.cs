namespace RedisAspire.ApiService.Sessions;

/// <summary>The visitor's session.</summary>
/// <param name="Id">What it can be told from others by. Nobody can take it over with that.</param>
/// <param name="Since">When it began.</param>
/// <param name="Visits">How often it has been asked for.</param>
/// <param name="Values">What the visitor has put there.</param>
/// <param name="Instance">Which instance of the service answered.</param>
internal sealed record SessionResponse(string Id, DateTimeOffset Since, int Visits, IReadOnlyDictionary<string, string> Values, string Instance);
