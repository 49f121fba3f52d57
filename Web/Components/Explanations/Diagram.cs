namespace RedisAspire.Web.Components.Explanations;

/// <summary>Who talks to whom, in a few steps. Every diagram has as many steps as its animation has quarters: four.</summary>
/// <param name="Name">What it is known by on the page.</param>
/// <param name="Title">What it explains.</param>
/// <param name="Summary">The same in a sentence.</param>
/// <param name="Boxes">Who takes part.</param>
/// <param name="Steps">What happens, in its order.</param>
public sealed record Diagram(string Name, string Title, string Summary, IReadOnlyList<DiagramBox> Boxes, IReadOnlyList<DiagramStep> Steps);
