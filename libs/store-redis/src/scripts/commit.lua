--[[
  commit.lua: the store's only write. Compares the stored revision with the one
  the caller read and, when they agree, assigns the next revision, appends to
  the log and writes the object.

  KEYS[1] objects   hash: object key -> "<revision> <json>"
  KEYS[2] index     sorted set: object keys, every score 0 (ZRANGEBYLEX for prefixes)
  KEYS[3] log       stream: entry id is "<revision>-0"
  KEYS[4] state     hash: revision (the last one assigned), mark (of that write), compacted

  ARGV[1] key       object key
  ARGV[2] expected  revision, 0 when the key must be absent
  ARGV[3] json      new value, "" deletes
  ARGV[4] mark      unique to this write, so that two histories can be told apart
  ARGV[5] served    newest revision that the caller has ever seen

  Reply: { "ok", revision, previous revision, previous json }
      or { "conflict", current revision, current json }
      or { "lost", revision } when the database is behind what it has shown before
]]
local revision = tonumber(redis.call('HGET', KEYS[4], 'revision') or 1)
if revision < tonumber(ARGV[5]) then return { 'lost', revision } end

local stored = redis.call('HGET', KEYS[1], ARGV[1])
local found, json = '0', ''
if stored then found, json = string.match(stored, '^(%d+) (.*)$') end
if found ~= ARGV[2] or (not stored and ARGV[3] == '') then return { 'conflict', tonumber(found), json } end

revision = revision + 1
-- %d, not "..": Lua 5.1 prints large numbers as 1e+15 when it concatenates.
local id = string.format('%d', revision)
-- The counter first: a script that fails half way is not rolled back, and a
-- number without an event is harmless where an event without a number is not.
redis.call('HSET', KEYS[4], 'revision', id, 'mark', ARGV[4])
redis.call('XADD', KEYS[3], id .. '-0', 'key', ARGV[1], 'now', ARGV[3], 'was', json, 'at', found, 'mark', ARGV[4])
if ARGV[3] == '' then
  redis.call('HDEL', KEYS[1], ARGV[1])
  redis.call('ZREM', KEYS[2], ARGV[1])
else
  redis.call('HSET', KEYS[1], ARGV[1], id .. ' ' .. ARGV[3])
  if not stored then redis.call('ZADD', KEYS[2], 0, ARGV[1]) end
end
return { 'ok', revision, tonumber(found), json }
