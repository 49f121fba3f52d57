using System.Globalization;
using System.Security.Cryptography;

namespace RedisAspire.ApiService.Storage;

/// <summary>This run of the API, apart from all others.</summary>
internal sealed class ServiceInstance
{
    /// <summary>Its name: the machine, the process, and what tells it from an earlier process with the same number.</summary>
    public string Name { get; } = string.Create(
        CultureInfo.InvariantCulture, $"{Environment.MachineName}-{Environment.ProcessId}-{RandomNumberGenerator.GetHexString(4, lowercase: true)}");
}
