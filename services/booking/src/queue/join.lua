-- Finds somebody's place, restores a signed one, or gives a new one.
-- KEYS: line, alive, active, admitted
-- ARGV: member, second of arrival of a signed place or '', 1 to make a new place or 0, the second that early ones count as
--       arrived in, rank within the second, most places, milliseconds that a silent one stays, seconds that keys stay
-- Gives {'admitted', until} | {'waiting', position, how many wait, second of arrival} | {'absent'} | {'full'}
local line, alive, active, admitted = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local member = ARGV[1]
local patience = tonumber(ARGV[7])
local time = redis.call('TIME')
local second = tonumber(time[1])
local now = second * 1000 + math.floor(tonumber(time[2]) / 1000)

local ended = tonumber(redis.call('ZSCORE', admitted, member) or nil)
if ended and ended > now then
  redis.call('ZADD', active, 'XX', math.min(ended, now + patience), member)
  return {'admitted', ended}
end

local score = tonumber(redis.call('ZSCORE', line, member) or nil)
local arrived = tonumber(ARGV[2])
-- A place that led to an admission, or was given up, is spent.
if arrived and ended and arrived * 1000 <= ended then
  arrived = nil
end
if not arrived then
  if score then
    -- Who came early has no place in a second to come, which leaving would not spend.
    arrived = math.min(math.floor(score / 1048576), second)
  elseif ARGV[3] == '1' then
    arrived = second
  else
    return {'absent'}
  end
end
if not score and redis.call('ZCARD', line) >= tonumber(ARGV[6]) then
  return {'full'}
end
score = math.max(arrived, tonumber(ARGV[4])) * 1048576 + tonumber(ARGV[5])
redis.call('ZADD', line, score, member)
redis.call('ZADD', alive, now, member)
redis.call('EXPIRE', line, ARGV[8])
redis.call('EXPIRE', alive, ARGV[8])
return {'waiting', redis.call('ZRANK', line, member) + 1, redis.call('ZCARD', line), arrived}
