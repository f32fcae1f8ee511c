import { Pool } from 'isolane'
import { startPool } from './isolane-pool.mjs'

/** A build without the engine fails instead of measuring another one. */
export const start = (options) => startPool(Pool, 'v8', options)
