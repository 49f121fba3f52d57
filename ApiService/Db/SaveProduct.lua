-- Creates or replaces a product. Further keys: versions, the category. Further arguments: price, category, JSON that ends with "version":0}.
local price, category, json = ARGV[4], ARGV[5], ARGV[6]
redis.call('SISMEMBER', KEYS[6], id)
local version = redis.call('INCR', KEYS[5])
redis.call('SET', KEYS[1], string.sub(json, 1, -3) .. string.format('%.0f', version) .. '}')
redis.call('SADD', KEYS[2], id)
redis.call('ZADD', KEYS[3], price, id)
if before and before.category ~= category then leave_category() end
redis.call('SADD', KEYS[6], id)
redis.call('ZADD', KEYS[4], 0, category)
return {before and 'replaced' or 'created', version}
