namespace RedisAspire.Caching.Resp;

/// <summary>What a <see cref="RespFrame"/> holds.</summary>
internal enum RespKind : byte
{
    /// <summary>Nothing: <c>_</c>, or <c>$-1</c> and <c>*-1</c> of RESP2.</summary>
    Null,

    /// <summary>A status such as <c>OK</c>.</summary>
    SimpleString,

    /// <summary>An error, short or as a blob.</summary>
    Error,

    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>A floating point number.</summary>
    Double,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>A whole number of any size, as its digits.</summary>
    BigNumber,

    /// <summary>Bytes.</summary>
    BlobString,

    /// <summary>Text for people, without its format prefix.</summary>
    VerbatimString,

    /// <summary>A list of frames.</summary>
    Array,

    /// <summary>Frames without order.</summary>
    Set,

    /// <summary>Keys and values by turns.</summary>
    Map,

    /// <summary>A message that is no reply, such as an invalidation.</summary>
    Push,
}
