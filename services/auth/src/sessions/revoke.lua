-- KEYS: the user's sessions
-- ARGV: 'only' or 'all-but', session id
-- Answers how many sessions have been ended.
local ended = 0
for _, id in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  if (ARGV[1] == 'only') == (id == ARGV[2]) then
    ended = ended + redis.call('DEL', 'auth:session:' .. id)
    redis.call('ZREM', KEYS[1], id)
  end
end
return ended
