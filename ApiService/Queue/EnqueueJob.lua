-- Adds a job unless the queue is full. Key: jobs. Arguments: the most jobs, the keys to warm.
if redis.call('XLEN', KEYS[1]) >= tonumber(ARGV[1]) then return false end
return redis.call('XADD', KEYS[1], '*', 'keys', ARGV[2])
