namespace RedisAspire.Web.Components.Explanations;

/// <summary>Somebody who takes part.</summary>
/// <param name="Name">What is written on it.</param>
/// <param name="X">Where its middle is.</param>
/// <param name="Y">Where its middle is, from the top.</param>
public sealed record DiagramBox(string Name, double X, double Y)
{
    /// <summary>How wide every box is.</summary>
    public const double Width = 118;

    /// <summary>How high every box is.</summary>
    public const double Height = 46;
}
