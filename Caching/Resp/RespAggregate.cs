namespace RedisAspire.Caching.Resp;

/// <summary>An array, set, map, push or attribute whose elements are still being read.</summary>
internal struct RespAggregate
{
    // Memory follows what was received, not what was announced.
    private const int FirstCapacity = 16;

    private readonly char _type;
    private RespFrame[] _items;
    private int _count;

    public RespAggregate(char type, int count)
    {
        _type = type;
        Expected = type is '%' or '|' ? 2 * count : count;
        _items = IsAttribute || Expected == 0 ? [] : new RespFrame[Math.Min(Expected, FirstCapacity)];
    }

    /// <summary>How many elements were announced, keys and values of a map counted apart.</summary>
    public int Expected { get; }

    public readonly bool IsFull => _count == Expected;

    /// <summary>Whether nobody wants this: attributes are read over.</summary>
    public readonly bool IsAttribute => _type == '|';

    public void Add(RespFrame item)
    {
        if (!IsAttribute)
        {
            if (_count == _items.Length)
                Array.Resize(ref _items, Math.Min(Expected, 2 * _count));
            _items[_count] = item;
        }

        _count++;
    }

    public readonly RespFrame ToFrame() => RespFrame.OfItems(
        _type switch
        {
            '~' => RespKind.Set,
            '%' or '|' => RespKind.Map,
            '>' => RespKind.Push,
            _ => RespKind.Array,
        },
        _items);
}
