-- Changes a row, and drops the one whose change is the oldest when there are too many.
-- Keys: rows, order of changes. Arguments: row, value, time, most rows, condition (any, first or changed), value before.
if ARGV[5] ~= 'any' and redis.call('HGET', KEYS[1], ARGV[1]) ~= (ARGV[5] == 'changed' and ARGV[6]) then return { 0 } end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('ZADD', KEYS[2], ARGV[3], ARGV[1])
if redis.call('ZCARD', KEYS[2]) <= tonumber(ARGV[4]) then return { 1 } end
local oldest = redis.call('ZPOPMIN', KEYS[2])[1]
redis.call('HDEL', KEYS[1], oldest)
return { 1, oldest }
