-- KEYS: time of a last change (us), perhaps the session that changed. ARGV: how long it is
-- remembered (ms).
local time = redis.call('TIME')
redis.call(
  'SET', KEYS[1], string.format('%.0f', time[1] * 1000000 + time[2]), 'PX', ARGV[1])
if KEYS[2] then
  redis.call('DEL', KEYS[2])
end
return 1
