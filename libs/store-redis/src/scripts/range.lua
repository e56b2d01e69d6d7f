--[[
  range.lua: reads objects in the byte order of their keys, and the revision at
  which that was.

  KEYS[1] objects   hash: object key -> "<revision> <json>"
  KEYS[2] index     sorted set: object keys, every score 0
  KEYS[3] state     hash: revision (the last one assigned), mark (of that write), compacted

  ARGV[1] min       as ZRANGEBYLEX has it
  ARGV[2] max       as ZRANGEBYLEX has it
  ARGV[3] limit     objects at most
  ARGV[4] served    newest revision that the caller has ever seen

  Reply: { "ok", revision, mark, { key, value, key, value, ... } }
      or { "lost", revision }
]]
local revision, mark = unpack(redis.call('HMGET', KEYS[3], 'revision', 'mark'))
revision, mark = tonumber(revision or 1), mark or ''
if revision < tonumber(ARGV[4]) then return { 'lost', revision } end

local found = {}
if tonumber(ARGV[3]) > 0 then
  local keys = redis.call('ZRANGEBYLEX', KEYS[2], ARGV[1], ARGV[2], 'LIMIT', 0, ARGV[3])
  -- In steps: a Lua call takes a few thousand arguments, not more.
  for from = 1, #keys, 1000 do
    local to = math.min(from + 999, #keys)
    local values = redis.call('HMGET', KEYS[1], unpack(keys, from, to))
    for i = from, to do
      found[2 * i - 1] = keys[i]
      found[2 * i] = values[i - from + 1]
    end
  end
end
return { 'ok', revision, mark, found }
