import { Pool } from 'isolane'
import { startPool } from './isolane-pool.mjs'

export const start = (options) => startPool(Pool, 'node', options)
