namespace RedisAspire.ApiService.Db;

/// <summary>
/// What changes the catalogue: a product and all that it is found by, in one step. Redis takes nothing back of a script
/// that fails half-way, so each reads all keys first: a key of another kind fails there, and no memory or no replicas fail
/// the first write.
/// </summary>
internal static class CatalogueScripts
{
    private const string ReadProduct =
        """
        local function is_product(product, id)
            return type(product) == 'table' and product.id == id and type(product.name) == 'string' and type(product.price) == 'number'
                and type(product.category) == 'string' and type(product.in_stock) == 'boolean' and type(product.features) == 'table'
        end
        local function product_of(text, id)
            local is_json, product = pcall(cjson.decode, text)
            return is_json and is_product(product, id) and product or nil
        end
        local function category_key(category) return 'db:category:' .. category end
        local function has_products(category) return redis.call('EXISTS', category_key(category)) == 1 end

        """;

    private const string Prepare =
        ReadProduct +
        """
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

        """;

    /// <summary>
    /// Creates or replaces a product. Keys: the product, all products, prices, categories, versions, the category. Arguments: id, whether
    /// there must be none, versions it may have, price, category, JSON that ends with <c>"version":0}</c>.
    /// </summary>
    public const string Save =
        Prepare +
        """
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
        """;

    /// <summary>Deletes a product. Keys: the product, all products, prices, categories. Arguments: id, whether there must be none, versions it may have.</summary>
    public const string Delete =
        Prepare +
        """
        if not before then return {'missing', 0} end
        redis.call('DEL', KEYS[1])
        redis.call('SREM', KEYS[2], id)
        redis.call('ZREM', KEYS[3], id)
        leave_category()
        return {'deleted', 0}
        """;

    /// <summary>
    /// Compares products with what they are found by, and puts that right if told to. Keys: all products, prices, categories.
    /// Arguments: whether to repair, a category to look at besides the product's own or nothing, ids.
    /// Answers those that differ, each with what is wrong; the category by its name if it is one of no products.
    /// </summary>
    public const string Reconcile =
        ReadProduct +
        """
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
        """;
}
