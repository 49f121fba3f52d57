namespace RedisAspire.Web.Components.Explanations;

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
