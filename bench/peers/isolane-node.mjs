import { startOn } from './isolane.mjs'

export const start = (options) => startOn('node', options)
