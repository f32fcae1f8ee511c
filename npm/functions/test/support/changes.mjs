import { randomUUID } from 'node:crypto'

import { hashOf } from '@isolane/functions'

/** A change that publishes each name in this version. */
export function publication(names, { version = 1, author } = {}) {
  const at = Date.now()
  const records = names.map((name) => {
    const what = { source: `() => '${name} ${version}'`, form: 'function', requires: {} }
    return { name, version, hash: hashOf(what), ...what, at }
  })
  return {
    id: randomUUID(),
    at,
    ...(author === undefined ? {} : { author }),
    entries: records.map(({ name, hash }) => ({
      name,
      version,
      hash,
      latest: version,
      kind: 'publish',
    })),
    records,
  }
}

/**
 * Commits, against whatever head there is.
 *
 * @returns {Promise<{ revision: number, id: string }>}
 */
export async function commitSoon(store, change) {
  let head = await store.head()
  for (;;) {
    try {
      return await store.commit(change, head)
    } catch (error) {
      if (error.code !== 'ERR_ISOLANE_STORE_CONFLICT') throw error
      head = error.head
    }
  }
}

/** What a log says in all: each change with its revision, from the first. */
export async function wholeHistory(store) {
  const all = []
  for (;;) {
    const part = await store.history({ since: all.length, limit: 200 })
    if (part.length === 0) return all
    all.push(...part)
  }
}

/** What is in force after a history, by name: the oracle for `read`. */
export function inForceAfter(history) {
  const entries = new Map()
  for (const change of history) {
    for (const entry of change.entries) {
      entries.set(entry.name, { ...entry, revision: change.revision })
    }
  }
  return entries
}

/** Entries as a map by name. */
export function byName(entries) {
  return new Map(entries.map((entry) => [entry.name, entry]))
}
