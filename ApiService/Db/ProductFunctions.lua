-- What the scripts of the catalogue have in common.
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
