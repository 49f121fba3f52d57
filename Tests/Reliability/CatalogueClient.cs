using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using RedisAspire.Tests.ApiService;

namespace RedisAspire.Tests.Reliability;

/// <summary>Creates, replaces, changes and deletes products at random, the same ones that others do.</summary>
internal sealed class CatalogueClient(ProductClient products)
{
    private const int Products = 60;

    // After a failure a client waits, or all would be done before nodes are back.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private static readonly HttpStatusCode[] Expected =
    [
        HttpStatusCode.OK, HttpStatusCode.Created, HttpStatusCode.Accepted, HttpStatusCode.NotFound, HttpStatusCode.PreconditionFailed, HttpStatusCode.ServiceUnavailable,
    ];

    private readonly ConcurrentDictionary<HttpStatusCode, int> _answers = new();
    private readonly ConcurrentQueue<string> _unexpected = new();
    private volatile int _done;
    private volatile int _written;

    /// <summary>Operations that were answered, other than by 503.</summary>
    public int Done => _done;

    /// <summary>Changes that were made.</summary>
    public int Written => _written;

    /// <summary>Answers that there should not be.</summary>
    public IReadOnlyCollection<string> Unexpected => _unexpected;

    /// <summary>How often which status was answered to all of them.</summary>
    public static string Summarise(IEnumerable<CatalogueClient> clients) => string.Join(", ", clients
        .SelectMany(client => client._answers).GroupBy(answer => answer.Key).OrderBy(group => group.Key)
        .Select(group => string.Create(CultureInfo.InvariantCulture, $"{(int)group.Key}: {group.Sum(answer => answer.Value)}")));

    public async Task RunAsync(Random random, int operations)
    {
        string? tag = null;
        for (var last = _done + operations; _done < last;)
        {
            using var answer = await ChangeAsync(random, tag);
            tag = answer.Headers.ETag?.Tag ?? tag;
            _answers.AddOrUpdate(answer.StatusCode, 1, (_, count) => count + 1);
            if (!Expected.Contains(answer.StatusCode))
                _unexpected.Enqueue($"{answer.RequestMessage} {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)}");
            if (answer.StatusCode == HttpStatusCode.ServiceUnavailable)
            {
                await Task.Delay(Pause, TestContext.Current.CancellationToken);
                continue;
            }

            _done++;
            if (answer.IsSuccessStatusCode)
                _written++;
        }
    }

    private Task<HttpResponseMessage> ChangeAsync(Random random, string? tag)
    {
        var id = $"p{random.Next(Products)}";
        var price = (random.Next(100_000) / 100m).ToString(CultureInfo.InvariantCulture);
        var category = $"category-{random.Next(6)}";
        (string, string)[] condition = random.Next(5) switch
        {
            0 when tag is not null => [("If-Match", tag)],
            1 => [("If-Match", "*")],
            _ => [],
        };
        return random.Next(10) switch
        {
            < 4 => products.PutAsync(id, ProductClient.Body(price: price, category: category), condition),
            < 7 => products.PatchAsync(id, $$"""{"price":{{price}},"category":"{{category}}"}""", condition),
            7 => products.PostAsync("/api/db/products", ProductClient.Body(price: price, category: category)),
            _ => products.DeleteAsync(id, condition),
        };
    }
}
