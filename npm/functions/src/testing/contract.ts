import type { FunctionStore } from '../store/store.js'
import { commits } from './cases/commits.js'
import { histories } from './cases/histories.js'
import { reads } from './cases/reads.js'
import { texts } from './cases/texts.js'
import { watches } from './cases/watches.js'
import { writers } from './cases/writers.js'

/** A place for functions that is new and empty, as several processes see it. */
export interface StoreUnderTest {
  /** A store of that place: each call another one, with connections of its own. The test closes it. */
  open(): Promise<FunctionStore>
  /** Removes the place; its stores have been closed. */
  remove?(): Promise<void>
}

/** A test. */
export interface ContractCase {
  name: string
  /** @throws what `node:assert` throws */
  run(): Promise<void>
}

/** What a case is given: opens stores of one place. */
export type Open = () => Promise<FunctionStore>

/** A case before it has a place: its name, and what it does. */
export type CaseBody = readonly [name: string, run: (open: Open) => Promise<void>]

/**
 * What a store must do.
 *
 * @param make makes a new and empty place; called once for each test
 * @returns tests that any runner can run, in any order, also at once if places do not share anything
 */
export function storeContract(make: () => Promise<StoreUnderTest>): ContractCase[] {
  return [...reads, ...commits, ...texts, ...writers, ...histories, ...watches].map(
    ([name, body]) => ({ name, run: () => inPlace(make, body) }),
  )
}

async function inPlace(
  make: () => Promise<StoreUnderTest>,
  body: (open: Open) => Promise<void>,
): Promise<void> {
  const place = await make()
  const opened: FunctionStore[] = []
  try {
    await body(async () => {
      const store = await place.open()
      opened.push(store)
      return store
    })
  } finally {
    for (const store of opened) await store.close?.()
    await place.remove?.()
  }
}
