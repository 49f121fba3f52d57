namespace RedisAspire.Web.Components;

/// <summary>One of the values to choose from, in a list or in a row of buttons.</summary>
public sealed record Choice<T>(T Value, string Label, string? Icon = null);
