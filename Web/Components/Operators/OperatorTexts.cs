namespace RedisAspire.Web.Components.Operators;

/// <summary>The sentences about who may do what.</summary>
public sealed class OperatorTexts;
