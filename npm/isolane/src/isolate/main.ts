/**
 * The prelude: runs once in each context, before any user code, and returns the driver's functions
 * to the engine. What it needs later it captures now, so that a function that overwrites
 * `Array.prototype` or `Promise` changes nothing for the driver.
 */

import { limitBoundChains } from './bound-functions.js'
import { chargeOutside } from './charged-builtins.js'
import { replaceConstructor } from './replace.js'
import { makeConsole } from '../driver/console.js'
import { IsolateDriver } from './driver.js'
import { withExternals } from './externals.js'
import { LogBuffer } from '../driver/log.js'
import type { Native } from './native.js'
import { DriverServices } from '../driver/services.js'

/** Entry point; the engine calls it with its own functions. */
export function main(native: Native): IsolateDriver {
  // What this platform does not offer is asked for, too.
  Object.setPrototypeOf(native, null)
  const logs = new LogBuffer(native.control, native)
  Object.defineProperty(globalThis, 'console', {
    value: makeConsole(logs),
    writable: true,
    configurable: true,
    enumerable: false,
  })
  chargeOutside(native)
  limitBoundChains()
  ignoreFinalization()
  const services = new DriverServices(native, () => {
    const Codec = withExternals(native.codec())
    return new Codec(native)
  })
  return new IsolateDriver(native.control, logs, services, native)
}

/**
 * A clean-up callback would run after the call that registered it, at the expense of some other
 * one. The language allows that none ever runs.
 */
function ignoreFinalization(): void {
  const { construct } = Reflect
  const ignore = () => {}
  const original = FinalizationRegistry
  replaceConstructor(globalThis, original, ([cleanup], newTarget) =>
    construct(original, [typeof cleanup === 'function' ? ignore : cleanup], newTarget),
  )
}
