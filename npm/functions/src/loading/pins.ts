import type { FunctionSet } from '../link/function-set.js'
import { referenceOf } from '../names/name.js'
import type { Deadline } from '../store/guarded.js'
import type { FunctionRecord, FunctionStore } from '../store/store.js'
import { fetchRecords } from './records.js'

/**
 * The set with all versions that its functions pin, and that those pin. Versions that the store has never had,
 * or that are damaged, are left out: linking tells.
 *
 * @param more further pins, as `name@3`
 * @throws {StoreUnavailableError}
 */
export async function withPins(
  set: FunctionSet,
  store: FunctionStore,
  deadline: Deadline,
  more: readonly string[] = [],
): Promise<FunctionSet> {
  const pins = new Map<string, FunctionRecord>()
  let wanted = [...new Set([...set.pinned, ...more])]
  while (wanted.length > 0) {
    const known = wanted.flatMap((key) => atHand(set, key) ?? [])
    const missing = wanted.filter((key) => atHand(set, key) === undefined)
    const found = [...known, ...(await fetched(store, missing, deadline))]
    for (const record of found) pins.set(`${record.name}@${record.version}`, record)
    const required = found.flatMap(({ requires }) => Object.values(requires))
    const next = required.filter((key) => key.includes('@') && !pins.has(key))
    wanted = [...new Set(next)]
  }
  return pins.size === 0 && set.pins.size === 0 ? set : set.withPins(pins)
}

function atHand(set: FunctionSet, key: string): FunctionRecord | undefined {
  const known = set.pins.get(key)
  if (known !== undefined) return known
  const reference = referenceOf(key)
  const record = reference && set.records.get(reference.name)
  return record?.version === reference?.version ? record : undefined
}

async function fetched(
  store: FunctionStore,
  keys: readonly string[],
  deadline: Deadline,
): Promise<FunctionRecord[]> {
  const refs = keys.flatMap((key) => {
    const reference = referenceOf(key)
    if (reference?.version === undefined) return []
    return [{ name: reference.name, version: reference.version }]
  })
  if (refs.length === 0) return []
  const found = await fetchRecords(store, refs, deadline)
  return found.filter((each) => !(each instanceof Error)) as FunctionRecord[]
}
