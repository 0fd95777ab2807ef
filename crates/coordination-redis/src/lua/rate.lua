-- KEYS: when the whole burst of a key is there again (us). ARGV: time that one permit takes to come
-- back (us), permits of a burst.
-- Answers: 1 if a permit was taken else 0, permits that are left, time until the next one (us).
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local interval, burst = tonumber(ARGV[1]), ARGV[1] * ARGV[2]
local kept = redis.call('GET', KEYS[1])
local next = math.max(kept and tonumber(kept) or now, now) + interval
local used = next - now
if used > burst then
  return {0, 0, used - burst}
end
redis.call('SET', KEYS[1], string.format('%.0f', next), 'PX', math.ceil(used / 1000))
return {1, math.floor((burst - used) / interval), 0}
