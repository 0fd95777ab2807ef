-- KEYS: recent calls by when they free their place (us), the day, the marker of a known past.
-- ARGV: name of the call, calls a second, calls a day, how long a call blocks its place (us),
-- seconds the day's place is ahead of UTC, what the caller knows: day, calls admitted in it, and how
-- many of those were returned unused. Both only grow within a day, so that the larger is the later.
-- Answers: verdict (0 go, 1 wait, 2 the day is spent), for how long (us), day, calls admitted today,
-- calls returned today.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local local_seconds = time[1] + ARGV[5]
local day = math.floor(local_seconds / 86400)
local left = (86400 - local_seconds % 86400) * 1000000 - time[2]

redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if redis.call('SET', KEYS[3], now, 'NX') then
  -- Nothing is known of the calls before, so they are waited out as if the place were full.
  for i = 1, tonumber(ARGV[2]) do
    redis.call('ZADD', KEYS[1], now + ARGV[4], 'unknown' .. i)
  end
end

local kept = redis.call('HMGET', KEYS[2], 'number', 'used', 'returned')
local admitted, returned = 0, 0
if kept[1] and tonumber(kept[1]) >= day then
  day = tonumber(kept[1])
  returned = tonumber(kept[3] or 0)
  admitted = tonumber(kept[2]) + returned
elseif kept[1] then
  -- Which side of midnight the upstream saw these on is not known.
  admitted = redis.call('ZCARD', KEYS[1])
end
if tonumber(ARGV[6]) == day then
  admitted = math.max(admitted, tonumber(ARGV[7]))
  returned = math.max(returned, tonumber(ARGV[8]))
end

local verdict, wait = 0, 0
if admitted - returned >= tonumber(ARGV[3]) then
  verdict, wait = 2, left
elseif redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[2]) then
  local first = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
  verdict, wait = 1, first[2] - now
else
  redis.call('ZADD', KEYS[1], now + ARGV[4], ARGV[1])
  admitted = admitted + 1
end
redis.call('HSET', KEYS[2], 'number', day, 'used', admitted - returned, 'returned', returned)
return {verdict, wait, day, admitted, returned}
