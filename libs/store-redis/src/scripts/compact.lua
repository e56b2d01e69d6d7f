--[[
  compact.lua: forgets events up to and including a revision. The entry of that
  revision itself stays in the stream, unseen, as the witness after.lua asks for.

  KEYS[1] log       stream: entry id is "<revision>-0"
  KEYS[2] state     hash: revision (the last one assigned), mark (of that write), compacted

  ARGV[1] upTo      revision; beyond the last one it means the last one

  Reply: the compacted revision
]]
local revision, compacted = unpack(redis.call('HMGET', KEYS[2], 'revision', 'compacted'))
revision, compacted = tonumber(revision or 1), tonumber(compacted or 0)
local target = math.max(compacted, math.min(tonumber(ARGV[1]), revision))
if target > compacted then
  local id = string.format('%d', target)
  redis.call('HSET', KEYS[2], 'compacted', id)
  redis.call('XTRIM', KEYS[1], 'MINID', id)
end
return target
