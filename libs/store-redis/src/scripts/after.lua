--[[
  after.lua: reads the log behind a revision, together with what decides whether
  that is the whole truth: how far it is compacted, and whether the past that
  the caller knows is still there.

  KEYS[1] log       stream: entry id is "<revision>-0"
  KEYS[2] state     hash: revision (the last one assigned), mark (of that write), compacted

  ARGV[1] since     revision, exclusive
  ARGV[2] limit     events at most
  ARGV[3] served    newest revision that the caller has ever seen
  ARGV[4] mark      of the write that had it

  Reply: { "ok", revision, mark, compacted, entries }
      or { "compacted", revision, mark, compacted }
      or { "lost", revision }
]]
local revision, mark, compacted = unpack(redis.call('HMGET', KEYS[2], 'revision', 'mark', 'compacted'))
revision, mark, compacted = tonumber(revision or 1), mark or '', tonumber(compacted or 0)
local served = tonumber(ARGV[3])
if revision < served then return { 'lost', revision } end

-- Below the compacted revision there is no witness left, and no need: whoever
-- is there must read everything anew. Compaction keeps the entry it names.
if served > 1 and served >= compacted then
  local witness = redis.call('XRANGE', KEYS[1], ARGV[3], ARGV[3])[1]
  if not witness or witness[2][10] ~= ARGV[4] then return { 'lost', revision } end
end

if tonumber(ARGV[1]) < compacted then return { 'compacted', revision, mark, compacted } end
local entries = {}
if tonumber(ARGV[1]) < revision then
  local first = string.format('%d', tonumber(ARGV[1]) + 1)
  entries = redis.call('XRANGE', KEYS[1], first, '+', 'COUNT', ARGV[2])
end
return { 'ok', revision, mark, compacted, entries }
