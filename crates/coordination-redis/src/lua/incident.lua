-- KEYS: instances that see an incident by when they no longer count (ms), marker of its report.
-- ARGV: 1 if the instance sees it else 0, instance, how long it counts (ms).
-- Answers 1 if the incident began or ended with this.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if ARGV[1] == '1' then
  redis.call('ZADD', KEYS[1], now + ARGV[3], ARGV[2])
  if redis.call('SET', KEYS[2], ARGV[2], 'NX') then
    return 1
  end
  return 0
end
redis.call('ZREM', KEYS[1], ARGV[2])
if redis.call('ZCARD', KEYS[1]) == 0 then
  return redis.call('DEL', KEYS[2])
end
return 0
