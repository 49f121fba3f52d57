-- Puts a job aside. Keys: jobs, totals, dead jobs. Arguments: group, job, the most dead jobs, deliveries, reason.
local entry = redis.call('XRANGE', KEYS[1], ARGV[2], ARGV[2])[1]
if redis.call('XACK', KEYS[1], ARGV[1], ARGV[2]) == 0 or not entry then return 0 end
redis.call('XDEL', KEYS[1], ARGV[2])
redis.call('XADD', KEYS[3], 'MAXLEN', '~', ARGV[3], '*', 'keys', entry[2][2], 'job', ARGV[2], 'deliveries', ARGV[4], 'reason', ARGV[5])
return redis.call('HINCRBY', KEYS[2], 'dead', 1)
