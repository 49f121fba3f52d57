using System.ComponentModel.DataAnnotations;

namespace RedisAspire.ApiService.Storage;

/// <summary>A name that a client chooses for something that Redis keeps.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
internal sealed class StoredNameAttribute : RegularExpressionAttribute
{
    public StoredNameAttribute(string subject = "A name")
        : base("^[A-Za-z0-9_-]{1,64}$") => ErrorMessage = $"{subject} has 1 to 64 characters: letters from A to Z, digits, '-' and '_'.";
}
