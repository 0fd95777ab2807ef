-- KEYS: stream. ARGV: most that may wait, prefix of what waits by character, when taken (us), where
-- the store is (an id), then for each change: member, 1 or 0, character.
-- Answers: whether the changes were taken, how many wait.
local waiting = redis.call('XLEN', KEYS[1])
local changes = (#ARGV - 4) / 3
if waiting + changes > tonumber(ARGV[1]) then
  return {0, waiting}
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

for i = 5, #ARGV, 3 do
  local id = '*'
  if behind then
    local now = redis.call('TIME')
    local now_ms = now[1] * 1000 + math.floor(now[2] / 1000)
    id = string.format('%.0f-0', math.max(now_ms, floor_ms + 1))
    behind = false
  end
  local member, liked, character = ARGV[i], ARGV[i + 1], ARGV[i + 2]
  id = redis.call('XADD', KEYS[1], id, 'm', member, 'l', liked, 'c', character, 't', ARGV[3])
  redis.call('HSET', ARGV[2] .. character, member, liked .. ':' .. id)
end
return {1, waiting + changes}
