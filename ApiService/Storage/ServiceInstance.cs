using System.Security.Cryptography;

namespace RedisAspire.ApiService.Storage;

/// <summary>This instance of the service, among others that use the same Redis.</summary>
internal sealed class ServiceInstance
{
    /// <summary>Its name: that of the machine, and something that no other instance on it has.</summary>
    public string Name { get; } = $"{Environment.MachineName}-{RandomNumberGenerator.GetHexString(6, lowercase: true)}";
}
