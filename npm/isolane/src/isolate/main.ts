/**
 * The prelude: runs once in each context, before any user code, and returns the driver's functions
 * to the engine. What it needs later it captures now, so that a function that overwrites
 * `Array.prototype` or `Promise` changes nothing for the driver.
 */

import { limitBoundChains } from './bound-functions.js'
import { chargeOutside } from './charged-builtins.js'
import { Charges } from './charges.js'
import type { GlobalsHost } from './globals/host.js'
import type { valueOfGlobal } from './globals/late/globals.js'
import { Turns } from './turns.js'
import { replaceConstructor } from './replace.js'
import { makeConsole } from '../driver/console.js'
import { IsolateDriver } from './driver.js'
import { withExternals } from './externals.js'
import { LogBuffer } from '../driver/log.js'
import type { Native } from './native.js'
import { DriverServices } from '../driver/services.js'
import { ObjectDefineProperty, ObjectSetPrototypeOf } from '../codec/shared/primordials.js'

/** Entry point; the engine calls it with its own functions. */
export function main(native: Native): IsolateDriver {
  // What this platform does not offer is asked for, too.
  ObjectSetPrototypeOf(native, null)
  const logs = new LogBuffer(native.control, native, () => native.place())
  ObjectDefineProperty(globalThis, 'console', {
    value: makeConsole(logs),
    writable: true,
    configurable: true,
    enumerable: false,
  })
  const charges = new Charges(native)
  chargeOutside(native, charges)
  limitBoundChains()
  ignoreFinalization()
  const services = new DriverServices(native, () => {
    const Codec = withExternals(native.codec())
    return new Codec(native)
  })
  const turns = new Turns(native.control)
  if (native.hasGlobals) deferGlobals(native, charges, turns)
  return new IsolateDriver(native.control, logs, services, native, turns)
}

/** The globals of the web: their script runs once a function asks for one of them. */
function deferGlobals(native: Native, charges: Charges, turns: Turns): void {
  let valueOf: typeof valueOfGlobal | undefined
  let host: GlobalsHost | undefined
  native.deferGlobals((name) => {
    if (valueOf === undefined || host === undefined) {
      const parts = native.globals()
      host = { native, extra: parts[1], charges, turns }
      valueOf = withExternals(parts[0])
    }
    return valueOf(host, name)
  })
}

/**
 * A clean-up callback would run after the call that registered it, at the expense of some other
 * one. The language allows that none ever runs.
 */
function ignoreFinalization(): void {
  const { construct } = Reflect
  const ignore = () => {}
  const original = FinalizationRegistry
  replaceConstructor(globalThis, original, (args, newTarget) => {
    // By index: to destructure it would ask an iterator, which user code can replace.
    const cleanup = args[0]
    return construct(original, [typeof cleanup === 'function' ? ignore : cleanup], newTarget)
  })
}
