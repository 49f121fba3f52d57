namespace RedisAspire.Web.Components.Keys;

/// <summary>How a value is shown.</summary>
public enum ContentMode
{
    /// <summary>Indented, if it is JSON; as text otherwise.</summary>
    Json,

    /// <summary>As it is.</summary>
    Text,

    /// <summary>As hexadecimal digits.</summary>
    Hex,
}
