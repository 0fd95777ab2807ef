-- KEYS: session, time of its last change (us), that of its member. ARGV: when the store was asked
-- (us), member, what it said, how long it is kept (ms).
-- Answers 1 if it is kept.
local asked = tonumber(ARGV[1])
local changed = math.max(
  tonumber(redis.call('GET', KEYS[2]) or 0), tonumber(redis.call('GET', KEYS[3]) or 0))
local later = redis.call('HGET', KEYS[1], 'asked')
if asked <= changed or (later and tonumber(later) > asked) then
  return 0
end
redis.call('HSET', KEYS[1], 'asked', ARGV[1], 'member', ARGV[2], 'said', ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return 1
