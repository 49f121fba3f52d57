namespace RedisAspire.Web.Components.Explanations;

/// <summary>A diagram of messages between participants, in four steps, since the animation has four parts.</summary>
/// <param name="Name">The id on the page.</param>
/// <param name="Title">The title.</param>
/// <param name="Summary">A sentence about the subject.</param>
/// <param name="Boxes">The participants.</param>
/// <param name="Steps">The steps in their order.</param>
public sealed record Diagram(string Name, string Title, string Summary, IReadOnlyList<DiagramBox> Boxes, IReadOnlyList<DiagramStep> Steps);

/// <summary>A participant, drawn as a box.</summary>
/// <param name="Name">The text on the box.</param>
/// <param name="X">The horizontal position of the middle.</param>
/// <param name="Y">The vertical position of the middle, from the top.</param>
public sealed record DiagramBox(string Name, double X, double Y)
{
    internal const double Width = 118;
    internal const double Height = 46;
}

/// <summary>A step of a diagram.</summary>
/// <param name="Caption">The description.</param>
/// <param name="Messages">The messages of the step, from box to box.</param>
public sealed record DiagramStep(string Caption, params IReadOnlyList<(int From, int To)> Messages)
{
    /// <summary>The box that is marked, in a step without messages.</summary>
    internal int? Marked { get; init; }

    /// <summary>Whether the mark shows a failure.</summary>
    internal bool IsFailure { get; init; }
}

/// <summary>The line of a message from the edge of one box to the edge of another.</summary>
internal sealed record DiagramArrow(double StartX, double StartY, double EndX, double EndY)
{
    private const double Gap = 6;

    // Lines are shifted to the right of their direction, so that the two directions are two lines and their numbers do not overlap.
    private const double Aside = 11;

    /// <summary>The line as SVG and CSS write it.</summary>
    public string Path => FormattableString.Invariant($"M {StartX:0.#} {StartY:0.#} L {EndX:0.#} {EndY:0.#}");

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

    /// <summary>Finds the place of a step's number: nearer to the sender with every step, from 0, as several may use the same line.</summary>
    public (double X, double Y) PlaceOf(int step)
    {
        var share = 0.65 - (0.1 * step);
        return (StartX + (share * (EndX - StartX)), StartY + (share * (EndY - StartY)));
    }
}
