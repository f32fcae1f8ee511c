/**
 * What a store asks of Redis, as scripts that it runs each as one step.
 *
 * A log is seven keys with one hash tag, so that a cluster keeps them together:
 *
 * | key | type | what |
 * | --- | --- | --- |
 * | `{prefix}:layout` | string | the version of this table |
 * | `{prefix}:ids` | list | the id of each change: the log is as long as this |
 * | `{prefix}:changes` | list | each change, as JSON |
 * | `{prefix}:entries` | hash | by name: the entry in force, as JSON |
 * | `{prefix}:revisions` | sorted set | by name: the revision of that entry |
 * | `{prefix}:names` | sorted set | `name revision` for each entry there has been, sorted as text |
 * | `{prefix}:versions` | hash | by `version name`: the record, as JSON |
 *
 * @module
 */

import { createHash } from 'node:crypto'

/** Of the table above. */
export const LAYOUT = 1

const keys = ['layout', 'ids', 'changes', 'entries', 'revisions', 'names', 'versions']

/** In the order in which scripts take them. */
export function keysOf(prefix: string): string[] {
  return keys.map((key) => `{${prefix}}:${key}`)
}

/** A name and a revision, so that those of a name stand together and in order. No name has a space. */
export function nameKey(name: string, revision: number): string {
  return `${name} ${String(revision).padStart(16, '0')}`
}

/** Of a record. */
export function versionKey(name: string, version: number): string {
  return `${version} ${name}`
}

export interface Script {
  readonly text: string
  readonly sha: string
}

/** Each begins with the end of the log: `revision` and `id`. */
function script(body: string): Script {
  const text = `
local layout, ids, changes, entries, revisions, names, versions = unpack(KEYS)
local made = redis.call('GET', layout)
if made and tonumber(made) > ${LAYOUT} then
  return redis.error_reply('LAYOUT ' .. made)
end
local revision = redis.call('LLEN', ids)
local id = revision > 0 and redis.call('LINDEX', ids, -1) or ''
${body}`
  return { text, sha: createHash('sha1').update(text).digest('hex') }
}

/** `revision, id` */
export const HEAD = script(`return { revision, id }`)

/**
 * `since, its id` → `revision, id, 1 if all, entries`. A script may hand over some thousand values at once,
 * so it does so by the thousand.
 */
export const READ = script(`
local since = tonumber(ARGV[1])
if since == 0 or since > revision or redis.call('LINDEX', ids, since - 1) ~= ARGV[2] then
  return { revision, id, 1, redis.call('HVALS', entries) }
end
local found = {}
local changed = redis.call('ZRANGEBYSCORE', revisions, '(' .. since, '+inf')
for first = 1, #changed, 1000 do
  local last = math.min(first + 999, #changed)
  for _, entry in ipairs(redis.call('HMGET', entries, unpack(changed, first, last))) do
    found[#found + 1] = entry
  end
end
return { revision, id, 0, found }`)

/**
 * `expected revision, its id, id, change, channel, number of entries, (name, entry)…, (version key, record)…`
 * → `1 if made, revision, id`. The ids come last: before them nothing of the change counts.
 */
export const COMMIT = script(`
local expected = tonumber(ARGV[1])
if redis.call('LINDEX', ids, expected) == ARGV[3] then
  return { 1, expected + 1, ARGV[3] }
end
if revision ~= expected or id ~= ARGV[2] then
  return { 0, revision, id }
end
revision = revision + 1
redis.call('SET', layout, ${LAYOUT})
local count = tonumber(ARGV[6])
for index = 7 + 2 * count, #ARGV, 2 do
  redis.call('HSET', versions, ARGV[index], ARGV[index + 1])
end
for index = 7, 6 + 2 * count, 2 do
  local name = ARGV[index]
  redis.call('HSET', entries, name, ARGV[index + 1])
  redis.call('ZADD', revisions, revision, name)
  redis.call('ZADD', names, 0, string.format('%s %016d', name, revision))
end
redis.call('RPUSH', changes, ARGV[4])
redis.call('RPUSH', ids, ARGV[3])
redis.call('PUBLISH', ARGV[5], revision .. ' ' .. ARGV[3])
return { 1, revision, ARGV[3] }`)

/** `first, last, limit, 1 for the newest first` → changes. From 0, both included. */
export const HISTORY = script(`
local first, last, limit = tonumber(ARGV[1]), math.min(tonumber(ARGV[2]), revision - 1), tonumber(ARGV[3])
if last < first or limit == 0 then
  return {}
end
if ARGV[4] == '0' then
  return redis.call('LRANGE', changes, first, math.min(last, first + limit - 1))
end
local found = redis.call('LRANGE', changes, math.max(first, last - limit + 1), last)
for index = 1, math.floor(#found / 2) do
  found[index], found[#found + 1 - index] = found[#found + 1 - index], found[index]
end
return found`)

/** `first key, last key, limit, 1 for the newest first` → changes of a name. */
export const HISTORY_OF_NAME = script(`
local found
if ARGV[4] == '0' then
  found = redis.call('ZRANGEBYLEX', names, '[' .. ARGV[1], '[' .. ARGV[2], 'LIMIT', 0, ARGV[3])
else
  found = redis.call('ZREVRANGEBYLEX', names, '[' .. ARGV[2], '[' .. ARGV[1], 'LIMIT', 0, ARGV[3])
end
for index, key in ipairs(found) do
  found[index] = redis.call('LINDEX', changes, tonumber(string.sub(key, -16)) - 1)
end
return found`)
