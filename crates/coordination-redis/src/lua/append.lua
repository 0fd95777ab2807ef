-- KEYS: stream. ARGV: most that may wait, prefix of what waits by character, when taken (us), where
-- the store is (an id), until when it may be taken (us, by this server's clock), the traceparent of
-- the batch or nothing, then for each change: member, 1 or 0, character.
-- Answers: what became of the changes (0 too many wait, 1 taken, 2 too late), how many wait, what
-- time it is here (us).
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local waiting = redis.call('XLEN', KEYS[1])
if now > tonumber(ARGV[5]) then
  return {2, waiting, now}
end
local changes = (#ARGV - 6) / 3
if waiting + changes > tonumber(ARGV[1]) then
  return {0, waiting, now}
end

-- A stream that was lost, or lost its end, must not begin again before what the store has seen.
local function parts(id)
  local ms, sequence = string.match(id, '^(%d+)-(%d+)$')
  return tonumber(ms), tonumber(sequence)
end
local last = '0-0'
local info = redis.pcall('XINFO', 'STREAM', KEYS[1])
if not info.err then
  for i = 1, #info, 2 do
    if info[i] == 'last-generated-id' then
      last = info[i + 1]
    end
  end
end
local last_ms, last_sequence = parts(last)
local floor_ms, floor_sequence = parts(ARGV[4])
local behind = last_ms < floor_ms or (last_ms == floor_ms and last_sequence < floor_sequence)

for i = 7, #ARGV, 3 do
  local id = '*'
  if behind then
    local now_ms = math.floor(now / 1000)
    id = string.format('%.0f-0', math.max(now_ms, floor_ms + 1))
    behind = false
  end
  local member, liked, character = ARGV[i], ARGV[i + 1], ARGV[i + 2]
  local entry = {'m', member, 'l', liked, 'c', character, 't', ARGV[3]}
  if ARGV[6] ~= '' then
    entry[9], entry[10] = 'p', ARGV[6]
  end
  id = redis.call('XADD', KEYS[1], id, unpack(entry))
  redis.call('HSET', ARGV[2] .. character, member, liked .. ':' .. id)
end
return {1, waiting + changes, now}
