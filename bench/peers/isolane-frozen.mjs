import { Pool } from 'isolane'
import { startPool } from './isolane-pool.mjs'

/** With shared values as they are by default: deeply frozen. */
export const start = (options) => startPool(Pool, 'v8', options, 'deep')
