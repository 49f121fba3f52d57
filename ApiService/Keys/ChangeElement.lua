-- Adds, replaces or removes one element of a value. Key: the key. Arguments: type, action (set or remove), condition (any,
-- new or match), tag, what names the element (member, field, id, or index; head or tail of a list), its value or score,
-- a text that no list has as an element; of a stream, the fields with their values from the eighth argument on.
local kind, action, condition, tag, name, value = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local now_kind = redis.call('TYPE', KEYS[1])['ok']
if now_kind == 'none' then return 'missing' end
if now_kind ~= kind then return 'othertype' end

local is_end = kind == 'list' and (name == 'head' or name == 'tail')
local now = false
if kind == 'hash' then now = redis.call('HGET', KEYS[1], name)
elseif kind == 'set' then now = redis.call('SISMEMBER', KEYS[1], name) == 1 and name
elseif kind == 'zset' then now = redis.call('ZSCORE', KEYS[1], name)
elseif kind == 'list' and not is_end then now = redis.call('LINDEX', KEYS[1], name)
elseif kind == 'stream' and action == 'remove' then now = #redis.call('XRANGE', KEYS[1], name, name) == 1 and name
end

if condition == 'new' and now then return 'exists' end
if condition == 'match' then
  if not now then return 'changed' end
  local is_same = redis.sha1hex(now) == tag
  if kind == 'zset' then is_same = tonumber(now) == tonumber(tag) end
  if not is_same then return 'changed' end
end
if action == 'remove' and not now then return 'missing' end

if kind == 'hash' then
  if action == 'set' then redis.call('HSET', KEYS[1], name, value) else redis.call('HDEL', KEYS[1], name) end
elseif kind == 'set' then
  if action == 'set' then redis.call('SADD', KEYS[1], name) else redis.call('SREM', KEYS[1], name) end
elseif kind == 'zset' then
  if action == 'set' then redis.call('ZADD', KEYS[1], value, name) else redis.call('ZREM', KEYS[1], name) end
elseif kind == 'stream' then
  if action == 'set' then redis.call('XADD', KEYS[1], name, unpack(ARGV, 8)) else redis.call('XDEL', KEYS[1], name) end
elseif is_end then
  redis.call(name == 'head' and 'LPUSH' or 'RPUSH', KEYS[1], value)
elseif not now then
  return 'missing'
elseif action == 'set' then
  redis.call('LSET', KEYS[1], name, value)
else
  -- Redis removes elements of a list by their value only.
  redis.call('LSET', KEYS[1], name, ARGV[7])
  redis.call('LREM', KEYS[1], 1, ARGV[7])
end
return 'done'
