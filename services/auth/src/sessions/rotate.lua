-- KEYS: session, the mark of the shown token as replaced
-- ARGV: session id, shown generation, shown hash, successor's hash, now (ms), time to live (ms), grace (ms)
-- Answers {'rotated', user, epoch}, {'older', user, epoch, generation, hash, in grace}, or {'unknown'}.
local session = redis.call('HMGET', KEYS[1], 'user_id', 'epoch', 'generation', 'hash')
local user, epoch, generation, hash = session[1], session[2], tonumber(session[3]), session[4]
local shown, ttl = tonumber(ARGV[2]), tonumber(ARGV[6])
if not user or shown > generation then
  return {'unknown'}
end
if shown < generation then
  return {'older', user, epoch, tostring(generation), hash, tostring(redis.call('EXISTS', KEYS[2]))}
end
if ARGV[3] ~= hash then
  return {'unknown'}
end
redis.call('HSET', KEYS[1], 'generation', tostring(generation + 1), 'hash', ARGV[4], 'last_used_at', ARGV[5])
redis.call('PEXPIRE', KEYS[1], ttl)
redis.call('SET', KEYS[2], '1', 'PX', ARGV[7])
local sessions = 'auth:sessions:' .. user
redis.call('ZADD', sessions, ARGV[5], ARGV[1])
redis.call('PEXPIRE', sessions, ttl)
return {'rotated', user, epoch}
