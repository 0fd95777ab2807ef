-- KEYS: recent calls, the day. ARGV: name of the call, 1 if it was made else 0, the day it was
-- let through. Answers: the day on which it was returned and the calls returned then, or 0, 0.
local frees = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not frees then
  return {0, 0}
end
if ARGV[2] == '1' then
  local time = redis.call('TIME')
  local sooner = (time[1] + 1) * 1000000 + time[2]
  redis.call('ZADD', KEYS[1], math.min(frees, sooner), ARGV[1])
else
  redis.call('ZREM', KEYS[1], ARGV[1])
  local kept = redis.call('HMGET', KEYS[2], 'number', 'used', 'returned')
  if kept[1] and (ARGV[3] == '' or kept[1] == ARGV[3]) and tonumber(kept[2]) > 0 then
    local returned = tonumber(kept[3] or 0) + 1
    redis.call('HSET', KEYS[2], 'used', kept[2] - 1, 'returned', returned)
    return {tonumber(kept[1]), returned}
  end
end
return {0, 0}
