-- KEYS: stream. ARGV: up to where the store has applied it (an id), prefix of what waits by
-- character, group, most to remove. Answers: how many were removed, how many wait.
local applied = redis.call('XRANGE', KEYS[1], '-', ARGV[1], 'COUNT', ARGV[4])
for _, entry in ipairs(applied) do
  local id, fields = entry[1], {}
  for i = 1, #entry[2], 2 do
    fields[entry[2][i]] = entry[2][i + 1]
  end
  local key = ARGV[2] .. (fields.c or '')
  local waiting = fields.m and redis.call('HGET', key, fields.m)
  if waiting and string.sub(waiting, 3) == id then
    redis.call('HDEL', key, fields.m)
  end
  redis.pcall('XACK', KEYS[1], ARGV[3], id)
  redis.call('XDEL', KEYS[1], id)
end
return {#applied, redis.call('XLEN', KEYS[1])}
