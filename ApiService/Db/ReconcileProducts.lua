-- Compares products with their indexes, and repairs the indexes if asked to. Keys: all products, prices, categories.
-- Arguments: whether to repair, a category to check besides the product's own or nothing, ids.
-- Answers the products that differ, each with what is wrong; the category by its name if it is one of no products.
local repair, hint = ARGV[1] == '1', ARGV[2]
local drifted = {}
for i = 3, #ARGV do
    local id = ARGV[i]
    local key = 'db:product:' .. id
    local found = {id}
    local function check(is_right, problem, ...)
        if is_right then return end
        found[#found + 1] = problem
        if repair then redis.call(...) end
    end

    local text = redis.pcall('GET', key)
    local product = type(text) == 'string' and product_of(text, id)
    local price = redis.call('ZSCORE', KEYS[2], id)
    local is_listed = redis.call('SISMEMBER', KEYS[1], id) == 1
    if product then
        local own = category_key(product.category)
        check(redis.call('PTTL', key) < 0, key .. ' expires', 'PERSIST', key)
        check(is_listed, KEYS[1] .. ' lacks it', 'SADD', KEYS[1], id)
        check(redis.call('SISMEMBER', own, id) == 1, own .. ' lacks it', 'SADD', own, id)
        check(redis.call('ZSCORE', KEYS[3], product.category), KEYS[3] .. ' lacks ' .. product.category, 'ZADD', KEYS[3], 0, product.category)
        check(price, KEYS[2] .. ' lacks it', 'ZADD', KEYS[2], product.price, id)
        check(not price or tonumber(price) == product.price, KEYS[2] .. ' has another price', 'ZADD', KEYS[2], product.price, id)
    else
        check(not is_listed, KEYS[1] .. ' has it, but there is no such product', 'SREM', KEYS[1], id)
        check(not price, KEYS[2] .. ' has it, but there is no such product', 'ZREM', KEYS[2], id)
    end
    if hint ~= '' and not (product and product.category == hint) then
        local other = category_key(hint)
        check(redis.call('SISMEMBER', other, id) == 0, other .. ' has it, but it is not of this category', 'SREM', other, id)
    end
    if #found > 1 then drifted[#drifted + 1] = found end
end
if hint ~= '' and redis.call('ZSCORE', KEYS[3], hint) and not has_products(hint) then
    drifted[#drifted + 1] = {hint, KEYS[3] .. ' has it, but no product is of this category'}
    if repair then redis.call('ZREM', KEYS[3], hint) end
end
return drifted
