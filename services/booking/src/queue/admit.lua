-- Drops who went silent and admits as many as the rate allows since the last time, whichever replica that was.
-- KEYS: line, alive, active, admitted, pace
-- ARGV: admissions per second, most active ones (0 admits nobody), milliseconds that a silent one stays, milliseconds of an
--       admission, seconds that keys stay, most admissions to remember
-- Gives {now, how many were admitted, how many wait, admissions per 1,000 seconds lately}
local line, alive, active, admitted, pace = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local rate, most, patience, lifetime = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)

-- A bounded number each time, so that nobody else waits long for this.
local silent = redis.call('ZRANGEBYSCORE', alive, '-inf', now - patience, 'LIMIT', 0, 2000)
for _, member in ipairs(silent) do
  redis.call('ZREM', line, member)
  redis.call('ZREM', alive, member)
end
redis.call('ZREMRANGEBYSCORE', active, '-inf', now)

-- A line that is new may be one that was lost: those who have places in it come back first.
redis.call('HSETNX', pace, 'begun', now)
local known = redis.call('HMGET', pace, 'at', 'credit', 'pace', 'begun')
local at, credit, lately = tonumber(known[1]), tonumber(known[2]), tonumber(known[3])
if most <= 0 or now < tonumber(known[4]) + 2000 then
  -- What was not admitted while it was closed is not made good for.
  redis.call('HDEL', pace, 'at', 'credit')
  redis.call('EXPIRE', pace, ARGV[5])
  return {now, 0, redis.call('ZCARD', line), math.floor((lately or rate) * 1000)}
end
local passed = at and math.max(0, now - at) / 1000 or 0
credit = math.min((credit or 1) + rate * passed, math.max(rate, 1))
local count = math.floor(math.min(credit, most - redis.call('ZCARD', active), 5000))
local admissions = 0
if count > 0 then
  local first = redis.call('ZPOPMIN', line, count)
  for i = 1, #first, 2 do
    redis.call('ZREM', alive, first[i])
    redis.call('ZADD', active, math.min(now + lifetime, now + patience), first[i])
    redis.call('ZADD', admitted, now + lifetime, first[i])
    admissions = admissions + 1
  end
end
local waiting = redis.call('ZCARD', line)
lately = lately or rate
-- With nobody left in line the pace is the newcomers', not ours.
if waiting > 0 and passed > 0 then
  lately = lately + (admissions / passed - lately) * (1 - math.exp(-passed / 10))
end
redis.call('HSET', pace, 'at', math.max(now, at or 0), 'credit', credit - admissions, 'pace', lately)
redis.call('ZREMRANGEBYRANK', admitted, 0, -1 - tonumber(ARGV[6]))
for _, key in ipairs(KEYS) do
  redis.call('EXPIRE', key, ARGV[5])
end
return {now, admissions, waiting, math.floor(lately * 1000)}
