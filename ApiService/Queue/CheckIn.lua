-- Registers or removes a consumer, and removes those that have no jobs and were idle for long. It is one step, so that no
-- consumer is removed that has just been given a job, which would be lost with it. A consumer that stays is made anew:
-- not every version of Redis takes a look for jobs that found none as a sign of life.
-- Key: jobs. Arguments: group, consumer, longest idle time, stays or leaves.
for _, consumer in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])) do
  local name, pending, idle = consumer[2], consumer[4], consumer[6]
  if pending == 0 and (name == ARGV[2] or idle > tonumber(ARGV[3])) then redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], name) end
end
if ARGV[4] == 'stays' then redis.call('XGROUP', 'CREATECONSUMER', KEYS[1], ARGV[1], ARGV[2]) end
return redis.status_reply('OK')
