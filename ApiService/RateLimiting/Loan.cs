using System.Runtime.InteropServices;

namespace RedisAspire.ApiService.RateLimiting;

/// <summary>Permits of a window that Redis has lent to an instance.</summary>
/// <param name="Granted">How many; none when the window is used up.</param>
/// <param name="LentToAll">How many all instances have got so far.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Loan(int Granted, int LentToAll);
