namespace RedisAspire.Benchmarks.Compare;

/// <summary>The names of what is measured.</summary>
internal static class Operations
{
    public const string NearString = "near hit, string";
    public const string NearObject = "near hit, object that can change (copied)";
    public const string NearListened = "near hit, string, telemetry listened to";
    public const string NearFew = "near hit, any of 1,000 keys";
    public const string NearMany = "near hit, any of very many keys";
    public const string NearMemory = "memory ÷ size that the near cache states";
    public const string RedisOne = "Redis hit, 1 caller";
    public const string RedisMany = "Redis hit, 64 callers";
    public const string Miss = "miss, immediate source";
    public const string Set = "set";
    public const string Remove = "remove";
    public const string RemoveTag = "removal of a tag";

    public const string HttpNear = "HTTP, near hit";
    public const string HttpRedis = "HTTP, Redis hit";
    public const string HttpExported = "HTTP, near hit, telemetry exported";

    public const string StaleWrite = "stale reads 1 s after a foreign write";
    public const string StaleRemoval = "stale reads 1 s after a foreign removal";
    public const string StaleSet = "stale reads 1 s after a write through another instance";
    public const string UnseenWrites = "own writes not seen";
    public const string SourceCalls = "source calls for 1,000 callers at each of 3 instances";
}
