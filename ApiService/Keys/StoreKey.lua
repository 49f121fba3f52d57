-- Stores a value as a whole. It is built under another name first, so that an error leaves the key as it was.
-- Keys: the key, the other name. Arguments: type, condition (any, new or match), tag, time to live in milliseconds
-- (-1 for none, empty to leave it as it is), then the elements: value; score and member; field and value; or id,
-- number of fields, and the fields with their values.
local kind = redis.call('TYPE', KEYS[1])['ok']
if ARGV[2] == 'new' and kind ~= 'none' then return 'exists' end
if ARGV[2] == 'match' and (kind ~= 'string' or redis.sha1hex(redis.call('GET', KEYS[1])) ~= ARGV[3]) then return 'changed' end
local life = ARGV[4] == '' and redis.call('PTTL', KEYS[1]) or tonumber(ARGV[4])

local function refusal(...)
  local answer = redis.pcall(...)
  if type(answer) ~= 'table' or not answer.err then return nil end
  redis.call('DEL', KEYS[2])
  return answer
end

local command = ({ string = 'SET', list = 'RPUSH', set = 'SADD', zset = 'ZADD', hash = 'HSET', stream = 'XADD' })[ARGV[1]]
local i = 5
while i <= #ARGV do
  local failure
  if command == 'XADD' then
    local last = i + 1 + 2 * tonumber(ARGV[i + 1])
    failure = refusal(command, KEYS[2], ARGV[i], unpack(ARGV, i + 2, last))
    i = last + 1
  else
    -- Lua cannot unpack any number of arguments. The number is even: pairs stay together.
    local last = math.min(i + 999, #ARGV)
    failure = refusal(command, KEYS[2], unpack(ARGV, i, last))
    i = last + 1
  end
  if failure then return failure end
end

redis.call('RENAME', KEYS[2], KEYS[1])
if life > 0 then redis.call('PEXPIRE', KEYS[1], life) end
return kind == 'none' and 'done' or 'replaced'
