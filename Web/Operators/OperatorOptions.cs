namespace RedisAspire.Web.Operators;

/// <summary>Who may change and break things by the page (<c>Operator</c> in the configuration); everybody may look.</summary>
public sealed class OperatorOptions
{
    /// <summary>What an operator logs in with. Without one nobody can, unless <see cref="Open"/> is set.</summary>
    public string? Token { get; set; }

    /// <summary>Whether everybody is an operator, as in a classroom where all are trusted.</summary>
    public bool Open { get; set; }
}
