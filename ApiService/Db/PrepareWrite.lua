-- Checks the conditions of a write. Redis takes nothing back of a script that fails half-way, so all keys are read first: a
-- key of another kind fails here, and no memory or no replicas fail the first write.
-- Keys: the product, all products, prices, categories. Arguments: id, whether there must be none, versions it may have.
local id, absent, expected = ARGV[1], ARGV[2], ARGV[3]
local text = redis.call('GET', KEYS[1])
local before = text and product_of(text, id)
if text and not before then error('WRONGTYPE no product') end
local version = before and string.format('%.0f', tonumber(before.version) or 0)
if before and absent == '1' then return {'refused', 0} end
if expected ~= '' and not (before and (expected == '*' or string.find(expected, ',' .. version .. ',', 1, true))) then return {'refused', 0} end
redis.call('SISMEMBER', KEYS[2], id)
redis.call('ZSCORE', KEYS[3], id)
redis.call('ZSCORE', KEYS[4], '')
if before then redis.call('SISMEMBER', category_key(before.category), id) end
local function leave_category()
    redis.call('SREM', category_key(before.category), id)
    if not has_products(before.category) then redis.call('ZREM', KEYS[4], before.category) end
end
