-- Adds look-ups to the stream KEYS[1], which keeps about ARGV[1] entries. ARGV[2] is the instance that answered them;
-- then come five values of each: its time, key, level, milliseconds and node.
for i = 3, #ARGV, 5 do
  redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[1], '*',
    'time', ARGV[i], 'key', ARGV[i + 1], 'level', ARGV[i + 2], 'ms', ARGV[i + 3], 'node', ARGV[i + 4], 'instance', ARGV[2])
end
