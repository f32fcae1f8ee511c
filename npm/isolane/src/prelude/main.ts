/**
 * The prelude: runs once in each context, before any user code, and returns the driver's functions
 * to the engine. What it needs later it captures now, so that a function that overwrites
 * `Array.prototype` or `Promise` changes nothing for the driver.
 */

import { makeConsole } from './console.js'
import { Driver, makeTools } from './driver.js'
import { LogBuffer } from './log.js'
import type { Native } from './native.js'

/** Entry point; the engine calls it with what it lends. */
export function main(native: Native): Driver {
  const logs = new LogBuffer(native.control)
  Object.defineProperty(globalThis, 'console', {
    value: makeConsole(logs),
    writable: true,
    configurable: true,
    enumerable: false,
  })
  return new Driver(native.control, logs, makeTools({ ...native, codegen: true }))
}
