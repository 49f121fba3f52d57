-- Describes keys without reading their values: one command for a batch, because three for each key would keep the
-- service and the node busy with sending them. Some nodes do not support MEMORY USAGE.
local descriptions = {}
for i, key in ipairs(KEYS) do
  local memory = redis.pcall('MEMORY', 'USAGE', key, 'SAMPLES', 1)
  descriptions[i] = { redis.call('TYPE', key)['ok'], redis.call('PTTL', key), type(memory) == 'number' and memory or -1 }
end
return descriptions
