-- Deletes a product.
if not before then return {'missing', 0} end
redis.call('DEL', KEYS[1])
redis.call('SREM', KEYS[2], id)
redis.call('ZREM', KEYS[3], id)
leave_category()
return {'deleted', 0}
