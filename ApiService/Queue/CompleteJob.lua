-- Removes a job that is done. A job that was acknowledged already, because another consumer took it over, counts nothing.
-- Keys: jobs, totals. Arguments: group, job.
if redis.call('XACK', KEYS[1], ARGV[1], ARGV[2]) == 0 then return 0 end
redis.call('XDEL', KEYS[1], ARGV[2])
return redis.call('HINCRBY', KEYS[2], 'processed', 1)
