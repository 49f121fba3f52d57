-- Adds to a counter of a hash; answers nothing when it would be one counter too many.
-- Key: the hash. Arguments: the counter, what to add, the most counters.
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 and redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[3]) then return false end
return redis.call('HINCRBY', KEYS[1], ARGV[1], ARGV[2])
