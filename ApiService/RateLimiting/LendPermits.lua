-- Lends permits of a window. Key: the window. Arguments: how many, the limit, lifetime of the key.
-- Answers how many were granted and how many have been lent in all.
local lent = tonumber(redis.call('GET', KEYS[1]) or 0)
local granted = math.min(tonumber(ARGV[1]), tonumber(ARGV[2]) - lent)
if granted <= 0 then return { 0, lent } end
redis.call('INCRBY', KEYS[1], granted)
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return { granted, lent + granted }
