namespace RedisAspire.Caching.Store;

/// <summary>What the cache does to keys in one step, on the master.</summary>
internal static class RedisScripts
{
    // Asks the master itself: a replica may not have the value yet that has just been filled. A lease begins with the
    // run id of the master that gave it: one that an earlier master gave has lost its holder's attention, and is void.
    public const string TakeLease =
        """
        local value = ARGV[3] ~= '' and redis.call('GET', KEYS[1])
        if value then
          local remaining = redis.call('PTTL', KEYS[1])
          if remaining < 0 or remaining > tonumber(ARGV[3]) then return { 2, value, remaining } end
        end
        local lease = redis.call('GET', KEYS[2])
        if lease and string.match(lease, '^[^:]*:') == string.match(ARGV[1], '^[^:]*:') then return { 0 } end
        redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[2])
        return { 1 }
        """;

    // A hash, a list or the like belongs to somebody else: writes leave it alone, as reads do.
    private const string Spare =
        """
        local kind = redis.call('TYPE', KEYS[1])['ok']
        if kind ~= 'string' and kind ~= 'none' then return redis.error_reply('WRONGTYPE It is no string') end

        """;

    // A tag's key lives longer than every entry that carries it. By so much longer that it is not changed, and every process
    // told of that, at every write.
    private const string KeepTags =
        """
        for i = 3, #KEYS do
          if redis.call('PTTL', KEYS[i]) < tonumber(ARGV[2]) then redis.call('PEXPIRE', KEYS[i], ARGV[2] + ARGV[3]) end
        end
        return 1
        """;

    // A fill is kept only while its lease stands: a removal takes the lease away, so that no value from before it comes back.
    public const string SetUnderLease =
        $"""
        if redis.call('GET', KEYS[2]) ~= ARGV[4] then return 0 end
        redis.call('UNLINK', KEYS[2])
        {Spare}
        redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
        {KeepTags}
        """;

    // In one step, so that no fill can begin between the end of the leases and the write.
    public const string SetAndVoidFills =
        $"""
        {Spare}
        redis.call('UNLINK', KEYS[2])
        if ARGV[2] == '' then redis.call('SET', KEYS[1], ARGV[1]) return 1 end
        redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
        {KeepTags}
        """;

    // The keys come in pairs, each behind its lease. Answers which of them are somebody else's.
    public const string RemoveAndVoidFills =
        """
        local spared = {}
        for i = 1, #KEYS, 2 do
          redis.call('UNLINK', KEYS[i])
          local kind = redis.call('TYPE', KEYS[i + 1])['ok']
          if kind == 'string' then redis.call('UNLINK', KEYS[i + 1])
          elseif kind ~= 'none' then spared[#spared + 1] = (i - 1) / 2 end
        end
        return spared
        """;

    public const string BeginTag =
        """
        local stamp = redis.call('GET', KEYS[1])
        if stamp then return stamp end
        redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
        return ARGV[1]
        """;

    public const string SetStamp = "return redis.call('SET', KEYS[1], ARGV[1], 'PX', math.max(redis.call('PTTL', KEYS[1]), tonumber(ARGV[2])))";

    public const string ReleaseLease = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('UNLINK', KEYS[1]) end return 0";

    public const string RenewLease = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end return 0";
}
