import type { EventEmitter } from 'node:events'

import { guarded } from '../errors/guarded.js'
import type { EntryInForce } from '../store/store.js'
import type { RegistryEvents } from '../registry/events.js'
import type { Rejected } from '../loading/in-force.js'

/** Tells listeners what has changed, when it is in force. What they throw is theirs. */
export function tellChange(
  emitter: EventEmitter<RegistryEvents>,
  revision: number,
  changed: readonly EntryInForce[],
  rejected: readonly Rejected[],
  isOwn: boolean,
): void {
  const refused = new Set(rejected.map(({ name }) => name))
  const told: (() => void)[] = changed
    .filter(({ name }) => !refused.has(name))
    .map((entry) => () => tellEntry(emitter, entry, isOwn))
  told.push(...rejected.map((each) => () => void emitter.emit('rejected', each)))
  told.push(() => void emitter.emit('revision', { revision }))
  told.forEach(guarded)
}

function tellEntry(
  emitter: EventEmitter<RegistryEvents>,
  { name, version, hash, kind, other, revision }: EntryInForce,
  isOwn: boolean,
): void {
  const about = { name, revision, isOwn }
  if (version === null || hash === null) {
    // Its new name is told.
    if (kind !== 'rename') emitter.emit('unpublished', about)
    return
  }
  const event = { ...about, version, hash }
  if (kind === 'rollback') emitter.emit('rolledBack', event)
  else if (kind === 'rename') emitter.emit('renamed', { ...event, from: other ?? '' })
  else emitter.emit('published', event)
}
