import type { Pool } from 'isolane'

import type { DataStatus } from '../data/status.js'
import type { Rejected } from '../loading/in-force.js'

/** How a registry is, for probes. */
export interface RegistryHealth {
  /** It has not been closed. */
  readonly live: boolean
  /**
   * Functions can be called: what the store has, or the snapshot, has been read, what is to be warm is, the data
   * that is required is there, the option `onReady` has been called, and the pool has not been closed.
   */
  readonly ready: boolean
  /** Others may have changed functions without this process knowing: the store does not answer. */
  readonly stale: boolean
  /** The revision in force here. */
  readonly revision: number
  /** How many functions there are. */
  readonly functions: number
  readonly store: 'up' | 'down'
  /** When the store has answered last; `undefined` for never. */
  readonly answered: Date | undefined
  /** Publishes that wait in the journal for the store. */
  readonly journal: number
  /** Of the pool: how many workers there are, and how many of them take calls. */
  readonly workers: { readonly total: number; readonly live: number }
  /** How the data is that functions read. */
  readonly data: readonly DataStatus[]
  /** Versions that cannot be loaded here, and what serves in their place. */
  readonly rejected: readonly Rejected[]
}

/** Whether a pool takes no calls any more. */
export function areStopped(pool: Pool | undefined): boolean {
  return pool !== undefined && pool.status().every(({ state }) => state === 'stopped')
}

/** The workers of a pool; none where there is no pool. */
export function workersOf(pool: Pool | undefined): RegistryHealth['workers'] {
  if (pool === undefined) return { total: 0, live: 0 }
  const away = ['starting', 'lost', 'stopped']
  const live = pool.status().filter(({ state }) => !away.includes(state))
  return { total: pool.threads, live: live.length }
}
