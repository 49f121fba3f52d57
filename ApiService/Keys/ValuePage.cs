namespace RedisAspire.ApiService.Keys;

/// <summary>Some elements of a value.</summary>
/// <param name="Items">The elements.</param>
/// <param name="Next">What the node calls the position of the next ones; none after the last.</param>
internal sealed record ValuePage(ElementResponse[] Items, string? Next)
{
    public static ValuePage Empty { get; } = new([], null);
}
