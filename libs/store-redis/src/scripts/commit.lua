--[[
  commit.lua: the store's only write. For each of the writes that it is called
  with, one behind the other, it compares the stored revision with the one that
  the caller read and, when they agree, assigns the next revision, appends to
  the log and writes the object. One that has lost its race is no obstacle to
  those behind it.

  KEYS[1] objects   hash: object key -> "<revision> <json>"
  KEYS[2] index     sorted set: object keys, every score 0 (ZRANGEBYLEX for prefixes)
  KEYS[3] log       stream: entry id is "<revision>-0"
  KEYS[4] state     hash: revision (the last one assigned), mark (of the call that did), compacted

  ARGV[1] served    newest revision that the caller has ever seen
  ARGV[2] mark      unique to this call, so that two histories can be told apart
  and then for each write
  ARGV[3] key       object key
  ARGV[4] expected  revision, 0 when the key must be absent
  ARGV[5] json      new value, "" deletes

  Reply: { "done", and then for each write
           "ok", revision, previous revision, previous json
        or "conflict", 0, current revision, current json }
      or { "lost", revision } when the database is behind what it has shown before
]]
local revision = tonumber(redis.call('HGET', KEYS[4], 'revision') or 1)
if revision < tonumber(ARGV[1]) then return { 'lost', revision } end

local mark = ARGV[2]
local reply = { 'done' }
for write = 3, #ARGV, 3 do
  local key, expected, now = ARGV[write], ARGV[write + 1], ARGV[write + 2]
  local stored = redis.call('HGET', KEYS[1], key)
  local found, json = '0', ''
  if stored then found, json = string.match(stored, '^(%d+) (.*)$') end
  local outcome, assigned = 'conflict', 0
  if found == expected and (stored or now ~= '') then
    revision = revision + 1
    -- %d, not "..": Lua 5.1 prints large numbers as 1e+15 when it concatenates.
    local id = string.format('%d', revision)
    -- The counter first: a script that fails half way is not rolled back, and a
    -- number without an event is harmless where an event without a number is not.
    redis.call('HSET', KEYS[4], 'revision', id, 'mark', mark)
    redis.call('XADD', KEYS[3], id .. '-0', 'key', key, 'now', now, 'was', json, 'at', found, 'mark', mark)
    if now == '' then
      redis.call('HDEL', KEYS[1], key)
      redis.call('ZREM', KEYS[2], key)
    else
      redis.call('HSET', KEYS[1], key, id .. ' ' .. now)
      if not stored then redis.call('ZADD', KEYS[2], 0, key) end
    end
    outcome, assigned = 'ok', revision
  end
  local at = #reply
  reply[at + 1], reply[at + 2], reply[at + 3], reply[at + 4] = outcome, assigned, tonumber(found), json
end
return reply
