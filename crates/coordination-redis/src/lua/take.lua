-- KEYS: stream. ARGV: group, consumer, after how long (ms) a silent consumer's part is another's.
-- Answers: how many entries are this consumer's to bring to the store, how many wait.
local function read()
  return redis.pcall(
    'XREADGROUP', 'GROUP', ARGV[1], ARGV[2], 'COUNT', '1000', 'STREAMS', KEYS[1], '>')
end
local read_now = read()
if read_now and read_now.err then
  -- The group, or the stream with it, is not there (any more).
  redis.call('XGROUP', 'CREATE', KEYS[1], ARGV[1], '0', 'MKSTREAM')
  read_now = read()
end
local mine = 0
if read_now and read_now[1] then
  mine = #read_now[1][2]
end
local claimed = redis.call(
  'XAUTOCLAIM', KEYS[1], ARGV[1], ARGV[2], ARGV[3], '0', 'COUNT', '1000', 'JUSTID')
return {mine + #claimed[2], redis.call('XLEN', KEYS[1])}
