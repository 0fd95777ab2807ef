-- KEYS: snapshot, index of all by their end. ARGV: fetched at (us), hash, body (empty: too large
-- to keep), ttl (ms), most to keep, channel, message.
local kept = redis.call('HGET', KEYS[1], 'at')
if kept and tonumber(kept) > tonumber(ARGV[1]) then
  return 0
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now)
if ARGV[3] == '' then
  redis.call('DEL', KEYS[1])
  redis.call('ZREM', KEYS[2], KEYS[1])
else
  redis.call('HSET', KEYS[1], 'at', ARGV[1], 'hash', ARGV[2], 'body', ARGV[3])
  redis.call('PEXPIRE', KEYS[1], ARGV[4])
  redis.call('ZADD', KEYS[2], now + ARGV[4], KEYS[1])
  local surplus = redis.call('ZCARD', KEYS[2]) - ARGV[5]
  if surplus > 0 then
    local first = redis.call('ZPOPMIN', KEYS[2], surplus)
    for i = 1, #first, 2 do
      redis.call('UNLINK', first[i])
    end
  end
end
redis.call('PUBLISH', ARGV[6], ARGV[7])
return 1
