-- Counts requests, and keeps only the most requested keys.
-- Keys: leaderboards, the second that of a day. Arguments: rank of the last key to drop, lifetime of a day, then pairs of number and key.
for _, board in ipairs(KEYS) do
  for i = 3, #ARGV, 2 do redis.call('ZINCRBY', board, ARGV[i], ARGV[i + 1]) end
  redis.call('ZREMRANGEBYRANK', board, 0, ARGV[1])
end
redis.call('PEXPIRE', KEYS[2], ARGV[2])
return redis.status_reply('OK')
