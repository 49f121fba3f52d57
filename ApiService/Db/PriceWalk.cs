using StackExchange.Redis;

namespace RedisAspire.ApiService.Db;

/// <summary>
/// Walks along the products by price, some at a time. It goes on behind a product, not behind a number of them, so that
/// those which come and go meanwhile make it pass over no other and meet none twice.
/// </summary>
internal sealed class PriceWalk
{
    private readonly IDatabase _database;
    private readonly bool _isDescending;
    private double _low;
    private double _high;
    private long _skip;

    /// <summary>Prepares it.</summary>
    /// <param name="database">The node.</param>
    /// <param name="query">The price range and the direction.</param>
    /// <param name="after">Where to go on; <see langword="null"/> to begin.</param>
    public PriceWalk(IDatabase database, ProductQuery query, ProductPosition? after)
    {
        _database = database;
        _isDescending = query.IsDescending;
        (_low, _high) = query.Prices;
        Last = after;
        if (after is not null)
            GoTo(after.Price);
    }

    /// <summary>Where the last product stands.</summary>
    public ProductPosition? Last { get; private set; }

    /// <summary>Whether there are no more.</summary>
    public bool IsAtEnd { get; private set; }

    /// <summary>Goes on.</summary>
    /// <param name="count">How far.</param>
    /// <param name="timeout">How long the node may take.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Where the next products stand; their names are not known.</returns>
    public async Task<ProductPosition[]> NextAsync(int count, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var entries = await _database.SortedSetRangeByScoreWithScoresAsync(
            CatalogueKeys.ByPrice, _low, _high, order: _isDescending ? Order.Descending : Order.Ascending, skip: _skip, take: count).WaitAsync(timeout, cancellationToken);
        IsAtEnd = entries.Length < count;
        if (entries.Length == 0)
            return [];

        var end = entries[^1].Score;
        var isSamePrice = end == (_isDescending ? _high : _low);
        _skip = isSamePrice ? _skip + entries.Length : entries.Count(entry => entry.Score == end);
        GoTo(end);

        var positions = Array.FindAll(Array.ConvertAll(entries, entry => new ProductPosition(entry.Score, "", entry.Element!)), IsAhead);
        Last = positions.LastOrDefault() ?? Last;
        return positions;
    }

    private void GoTo(double price)
    {
        if (_isDescending)
            _high = Math.Min(_high, price);
        else
            _low = Math.Max(_low, price);
    }

    private bool IsAhead(ProductPosition position)
    {
        if (Last is null)
            return true;
        var order = position.Price == Last.Price ? string.CompareOrdinal(position.Id, Last.Id) : position.Price.CompareTo(Last.Price);
        return _isDescending ? order < 0 : order > 0;
    }
}
