import { startOn } from './isolane.mjs'

/** With shared values as they are by default: deeply frozen. */
export const start = (options) => startOn('v8', options, 'deep')
