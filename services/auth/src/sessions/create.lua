-- KEYS: session, the user's sessions
-- ARGV: session id, user id, epoch, hash, now (ms), time to live (ms), most sessions, user agent
local id, now, ttl = ARGV[1], tonumber(ARGV[5]), tonumber(ARGV[6])
redis.call('HSET', KEYS[1], 'user_id', ARGV[2], 'epoch', ARGV[3], 'generation', '0', 'hash', ARGV[4],
  'created_at', ARGV[5], 'last_used_at', ARGV[5], 'user_agent', ARGV[8])
redis.call('PEXPIRE', KEYS[1], ttl)
redis.call('ZADD', KEYS[2], now, id)
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now - ttl)
local over = redis.call('ZCARD', KEYS[2]) - tonumber(ARGV[7])
if over > 0 then
  for _, oldest in ipairs(redis.call('ZRANGE', KEYS[2], 0, over - 1)) do
    redis.call('DEL', 'auth:session:' .. oldest)
    redis.call('ZREM', KEYS[2], oldest)
  end
end
redis.call('PEXPIRE', KEYS[2], ttl)
