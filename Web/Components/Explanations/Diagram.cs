namespace RedisAspire.Web.Components.Explanations;

/// <summary>Who talks to whom, in a few steps. Every diagram has as many steps as its animation has quarters: four.</summary>
/// <param name="Name">What it is known by on the page.</param>
/// <param name="Title">What it explains.</param>
/// <param name="Summary">The same in a sentence.</param>
/// <param name="Boxes">Who takes part.</param>
/// <param name="Steps">What happens, in its order.</param>
public sealed record Diagram(string Name, string Title, string Summary, IReadOnlyList<DiagramBox> Boxes, IReadOnlyList<DiagramStep> Steps);

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

/// <summary>The line of a message from the edge of one box to the edge of another.</summary>
/// <param name="StartX">Where it begins.</param>
/// <param name="StartY">Where it begins, from the top.</param>
/// <param name="EndX">Where it ends.</param>
/// <param name="EndY">Where it ends, from the top.</param>
public sealed record DiagramArrow(double StartX, double StartY, double EndX, double EndY)
{
    private const double Gap = 6;

    // To the right of its way, so that there and back are two lines, and a number on one does not hide one on the other.
    private const double Aside = 11;

    /// <summary>The line as SVG and CSS write it.</summary>
    public string Path => FormattableString.Invariant($"M {StartX:0.#} {StartY:0.#} L {EndX:0.#} {EndY:0.#}");

    /// <summary>Draws the line between two boxes.</summary>
    /// <param name="from">Who sends.</param>
    /// <param name="to">Who receives.</param>
    /// <returns>The line.</returns>
    public static DiagramArrow Between(DiagramBox from, DiagramBox to)
    {
        var (dx, dy) = (to.X - from.X, to.Y - from.Y);
        var length = Math.Sqrt((dx * dx) + (dy * dy));
        var (ux, uy) = (dx / length, dy / length);
        var toEdge = Math.Min(DiagramBox.Width / 2 / Math.Abs(ux), DiagramBox.Height / 2 / Math.Abs(uy)) + Gap;
        var (asideX, asideY) = (-uy * Aside, ux * Aside);
        return new DiagramArrow(
            from.X + (ux * toEdge) + asideX, from.Y + (uy * toEdge) + asideY,
            to.X - (ux * toEdge) + asideX, to.Y - (uy * toEdge) + asideY);
    }

    /// <summary>Finds the place of a step's number: nearer to the sender with every step, as several may use the same line.</summary>
    /// <param name="step">The step, from 0.</param>
    /// <returns>The place.</returns>
    public (double X, double Y) PlaceOf(int step)
    {
        var share = 0.65 - (0.1 * step);
        return (StartX + (share * (EndX - StartX)), StartY + (share * (EndY - StartY)));
    }
}
