-- Puts dead jobs back into the queue. Keys: dead jobs, jobs. Arguments: the last one, how many, the most jobs in the queue.
local revived = 0
for _, entry in ipairs(redis.call('XRANGE', KEYS[1], '-', ARGV[1], 'COUNT', ARGV[2])) do
  if redis.call('XLEN', KEYS[2]) >= tonumber(ARGV[3]) then break end
  redis.call('XADD', KEYS[2], '*', 'keys', entry[2][2])
  redis.call('XDEL', KEYS[1], entry[1])
  revived = revived + 1
end
return revived
