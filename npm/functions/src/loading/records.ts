import { StoreCorruptError } from '../errors/store-errors.js'
import { asked, type Deadline } from '../store/guarded.js'
import { faultOf, type WantedRecord } from '../store/fault.js'
import type { FunctionRecord, FunctionStore } from '../store/store.js'

/** As many as are asked for at once. */
const AT_ONCE = 500

/**
 * Versions of functions, each looked at: it is the one that was asked for, and its text is what its hash says.
 *
 * @returns for each, in their order, the record or what is wrong with it
 * @throws {StoreUnavailableError}
 */
export async function fetchRecords(
  store: FunctionStore,
  wanted: readonly WantedRecord[],
  deadline: Deadline,
): Promise<(FunctionRecord | StoreCorruptError)[]> {
  const found: (FunctionRecord | StoreCorruptError)[] = []
  for (let at = 0; at < wanted.length; at += AT_ONCE) {
    const slice = wanted.slice(at, at + AT_ONCE)
    const refs = slice.map(({ name, version }) => ({ name, version }))
    const records = await asked('give functions', deadline, () => store.records(refs))
    found.push(...slice.map((each, i) => judged(each, records[i])))
  }
  return found
}

function judged(
  wanted: WantedRecord,
  record: FunctionRecord | undefined,
): FunctionRecord | StoreCorruptError {
  const fault = faultOf(wanted, record)
  if (fault === undefined) return record!
  return new StoreCorruptError(`The store's record of ${wanted.name}@${wanted.version} ${fault}`)
}
