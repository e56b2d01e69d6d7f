--[[
  lift.lua: draws a line under a past that was lost. Moves the counter beyond
  everything that was ever shown and declares all before it compacted, so that
  no number is given out twice and every watcher has to begin anew.

  KEYS[1] log       stream: entry id is "<revision>-0"
  KEYS[2] state     hash: revision (the last one assigned), mark (of that write), compacted

  ARGV[1] served    newest revision that the caller has ever seen
  ARGV[2] mark      unique to this call

  Reply: the revision, lifted by this call or by somebody who was faster
]]
local revision, compacted = unpack(redis.call('HMGET', KEYS[2], 'revision', 'compacted'))
revision, compacted = tonumber(revision or 1), tonumber(compacted or 0)
local served = tonumber(ARGV[1])
if compacted > served then return revision end

revision = math.max(revision, served) + 1
local id = string.format('%d', revision)
redis.call('HSET', KEYS[2], 'revision', id, 'mark', ARGV[2], 'compacted', id)
redis.call('XTRIM', KEYS[1], 'MAXLEN', 0)
redis.call('XADD', KEYS[1], id .. '-0', 'key', '', 'now', '', 'was', '', 'at', '0', 'mark', ARGV[2])
return revision
