namespace RedisAspire.Caching.Store;

/// <summary>The scripts that the cache runs on the master, each as one atomic step.</summary>
internal static class RedisScripts
{
    // It reads the value on the master, because a replica may not have a value yet that has just been stored. A lease starts
    // with the run id of the master that granted it; a lease from an earlier master is void, because its owner may be gone.
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

    // A hash, a list or another type belongs to another program: neither writes nor reads touch it.
    private const string RefuseOtherTypes =
        """
        local kind = redis.call('TYPE', KEYS[1])['ok']
        if kind ~= 'string' and kind ~= 'none' then return redis.error_reply('WRONGTYPE The key does not hold a string') end

        """;

    // The key of a tag must outlive every entry with the tag. The slack (ARGV[3]) keeps most writes from changing the key,
    // because every change pushes invalidations to all processes.
    private const string KeepTags =
        """
        for i = 3, #KEYS do
          if redis.call('PTTL', KEYS[i]) < tonumber(ARGV[2]) then redis.call('PEXPIRE', KEYS[i], ARGV[2] + ARGV[3]) end
        end
        return 1
        """;

    // A fill is stored only under its lease: a removal deletes the lease, so that no value from before the removal is stored.
    public const string SetUnderLease =
        $"""
        if redis.call('GET', KEYS[2]) ~= ARGV[4] then return 0 end
        redis.call('UNLINK', KEYS[2])
        {RefuseOtherTypes}
        redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
        {KeepTags}
        """;

    // One step, so that no fill can start between the deletion of the lease and the write.
    public const string SetAndVoidFills =
        $"""
        {RefuseOtherTypes}
        redis.call('UNLINK', KEYS[2])
        if ARGV[2] == '' then redis.call('SET', KEYS[1], ARGV[1]) return 1 end
        redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
        {KeepTags}
        """;

    // The keys come in pairs of lease and key. Returns the indexes of keys that hold other types, which are not removed.
    public const string RemoveAndVoidFills =
        """
        local otherTypes = {}
        for i = 1, #KEYS, 2 do
          redis.call('UNLINK', KEYS[i])
          local kind = redis.call('TYPE', KEYS[i + 1])['ok']
          if kind == 'string' then redis.call('UNLINK', KEYS[i + 1])
          elseif kind ~= 'none' then otherTypes[#otherTypes + 1] = (i - 1) / 2 end
        end
        return otherTypes
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
