using System.Xml;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;
using RedisAspire.ApiService.Storage;
using StackExchange.Redis;

namespace RedisAspire.ApiService.Sessions;

/// <summary>
/// Keeps the keys of data protection in Redis, where all instances find them: a list for good, on every replica too.
/// Asked for the first session and once a day; it blocks a thread then, because the interface knows no tasks.
/// </summary>
internal sealed partial class RedisKeyRepository(ApplicationStore store, ILogger<RedisKeyRepository> logger) : IXmlRepository
{
    // Instances that start together each make a key. Only the first is kept: the others read the list again after they
    // have stored theirs, find the first one's, and use that.
    private const string AppendIfUnchanged =
        """
        if redis.call('LLEN', KEYS[1]) ~= tonumber(ARGV[1]) then return 0 end
        return redis.call('RPUSH', KEYS[1], ARGV[2])
        """;

    private static readonly RedisKey Key = "app:data-protection:keys";

    private int _known;

    public IReadOnlyCollection<XElement> GetAllElements()
    {
        // From the master: a replica that does not have the key yet would have another one made.
        var elements = Wait(store.WriteAsync(database => database.ListRangeAsync(Key), CancellationToken.None));
        Volatile.Write(ref _known, elements.Length);
        return [.. elements.Select(Parse).OfType<XElement>()];
    }

    public void StoreElement(XElement element, string friendlyName) => Wait(store.WriteAsync(
        database => database.ScriptEvaluateAsync(AppendIfUnchanged, [Key], [Volatile.Read(ref _known), element.ToString(SaveOptions.DisableFormatting)]),
        CancellationToken.None));

    private static T Wait<T>(Task<T> task) => task.GetAwaiter().GetResult();

    // Anybody can write there: what is no key must not take the others away from everybody.
    private XElement? Parse(RedisValue element)
    {
        try
        {
            return XElement.Parse(element.ToString());
        }
        catch (XmlException malformed)
        {
            LogNoKey(Key.ToString(), malformed);
            return null;
        }
    }

    [LoggerMessage(LogLevel.Warning, "What is in the list '{Key}' and is no key of data protection is passed over.")]
    private partial void LogNoKey(string key, Exception malformed);
}
