-- Gives up a place or an admission; a signed place from before is spent.
-- KEYS: line, alive, active, admitted
-- ARGV: member, seconds that keys stay
local line, alive, active, admitted = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local member = ARGV[1]
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
redis.call('ZREM', line, member)
redis.call('ZREM', alive, member)
redis.call('ZREM', active, member)
-- As if it had been admitted until now.
redis.call('ZADD', admitted, now, member)
redis.call('EXPIRE', admitted, ARGV[2])
