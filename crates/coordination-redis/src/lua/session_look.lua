-- KEYS: session, time of its last change (us). ARGV: prefix of the last changes of members, the
-- owner or nothing.
-- Answers: the present (us), the last change (us), when the store was asked (us; 0: nothing that
-- holds is kept), what it said.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local kept = redis.call('HMGET', KEYS[1], 'asked', 'member', 'said')
local changed = tonumber(redis.call('GET', KEYS[2]) or 0)
local member = kept[2] or ARGV[2]
if member ~= '' then
  changed = math.max(changed, tonumber(redis.call('GET', ARGV[1] .. member) or 0))
end
if not kept[1] or tonumber(kept[1]) <= changed then
  return {now, changed, 0, ''}
end
return {now, changed, tonumber(kept[1]), kept[3]}
