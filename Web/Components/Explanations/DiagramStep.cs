namespace RedisAspire.Web.Components.Explanations;

/// <summary>Something that happens.</summary>
/// <param name="Caption">What it is, in words.</param>
/// <param name="Messages">The messages that are sent in it, from box to box.</param>
public sealed record DiagramStep(string Caption, params IReadOnlyList<(int From, int To)> Messages)
{
    /// <summary>The box that something happens to, if nothing is sent.</summary>
    public int? Marked { get; init; }

    /// <summary>Whether that is bad.</summary>
    public bool IsFailure { get; init; }
}
