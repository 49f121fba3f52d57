using System.ComponentModel.DataAnnotations;

namespace RedisAspire.Contracts;

/// <summary>The visitor's session.</summary>
/// <param name="Id">Identifies the session. It gives no access to it.</param>
/// <param name="Since">When it began.</param>
/// <param name="Visits">How often it has been asked for.</param>
/// <param name="Values">The values that the visitor has stored.</param>
/// <param name="Instance">Which instance of the service answered.</param>
public sealed record SessionResponse(string Id, DateTimeOffset Since, int Visits, IReadOnlyDictionary<string, string> Values, string Instance);

/// <summary>The body of <c>PUT /api/session/{name}</c>.</summary>
/// <param name="Value">The value: up to 1,000 characters.</param>
public sealed record SessionValueRequest([property: MaxLength(1000, ErrorMessage = "A value has at most 1000 characters.")] string Value);
