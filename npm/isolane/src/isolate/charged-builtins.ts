/**
 * Memory that user code can have outside of V8's heap without asking the engine's allocator:
 * resizable buffers, WebAssembly memory, ICU objects. What grants it is wrapped here, and charged to
 * the isolate's budget for as long as the object lives. What can grow is charged at its maximum,
 * since it grows without asking again.
 */

import type { Native } from './native.js'
import { PromiseThen, StringStartsWith } from '../codec/shared/primordials.js'
import { BUFFER_MAPPINGS, type Charges } from './charges.js'
import { chargedIntl } from './late/charged-intl.js'
import { chargedWasm } from './late/charged-wasm.js'
import { replaceConstructor, replaceMethod, type Constructor } from './replace.js'

/** The type library has it only for browsers. */
declare const WebAssembly: object

const { construct, apply, deleteProperty, ownKeys } = Reflect
const { getOwnPropertyDescriptor } = Object

/** What waits asynchronously: V8 lets it go when it is woken, or with the isolate. */
const WAITER_BYTES = 2048
/** Shorter texts are not worth a look. */
const LONG_TEXT = 1 << 16
/** A text in UTF-16, before and after; what comes out can be eighteen times as long, but hardly ever is. */
const NORMALIZED_BYTES = 8

/**
 * Wraps what grants memory on the global object; the engine has run no user code yet. What few
 * functions use is wrapped when one asks for it. User code has run by then, but has not come by
 * anything of what is wrapped, since the global is the only way there.
 */
export function chargeOutside(native: Native, charges: Charges): void {
  chargeBuffers(charges, ArrayBuffer, 'resize')
  chargeBuffers(charges, SharedArrayBuffer, 'grow')
  chargeWaiters(native)
  chargeNormalized(charges)
  const intl = Intl
  native.defer('Intl', () => chargedIntl(charges, intl))
  if (native.wasm) {
    const wasm = WebAssembly
    native.defer('WebAssembly', () => chargedWasm(charges, native.wasmPages, wasm))
  } else {
    deleteProperty(globalThis, 'WebAssembly')
  }
}

function chargeBuffers(
  charges: Charges,
  Original: ArrayBufferConstructor | SharedArrayBufferConstructor,
  grow: string,
): void {
  const { prototype } = Original
  const maximumOf = getOwnPropertyDescriptor(prototype, 'maxByteLength')!.get as () => number
  replaceConstructor(globalThis, Original as Constructor, (args, newTarget) => {
    const options = args.length > 1 ? args[1] : undefined
    const isObject = typeof options === 'object' || typeof options === 'function'
    const asked =
      isObject && options !== null ? (options as ArrayBufferOptions).maxByteLength : undefined
    if (asked === undefined) return construct(Original, args.length > 0 ? [args[0]] : [], newTarget)
    // As a number: a BigInt is a TypeError, and what converts itself does so once.
    const maxByteLength = +asked
    const charge = charges.take(maxByteLength, BUFFER_MAPPINGS)
    const buffer = construct(Original, [args[0], { __proto__: null, maxByteLength }], newTarget)
    return charges.keep(buffer, charge)
  })
  replaceMethod(
    prototype,
    grow,
    (method) =>
      function (...args) {
        // One that came as input or argument has not been charged for.
        if (charges.of(this) === undefined)
          charges.keep(this, charges.take(apply(maximumOf, this, []), BUFFER_MAPPINGS))
        return apply(method, this, args)
      },
  )
  const names = ownKeys(prototype)
  for (let i = 0; i < names.length; i++) {
    const name = names[i]!
    // The memory moves on to another object.
    if (typeof name === 'string' && StringStartsWith(name, 'transfer')) {
      replaceMethod(
        prototype,
        name,
        (method) =>
          function (...args) {
            return charges.keep(apply(method, this, args), charges.of(this))
          },
      )
    }
  }
}

interface ArrayBufferOptions {
  maxByteLength?: number
}

function chargeWaiters(native: Native): void {
  const giveBack = () => native.giveBack(WAITER_BYTES)
  replaceMethod(
    Atomics,
    'waitAsync',
    (method) =>
      function (...args) {
        if (!native.hold(WAITER_BYTES))
          throw new RangeError('Too many waiters for the memory limit')
        let waits = false
        try {
          const result = apply(method, this, args) as { async: boolean; value: Promise<unknown> }
          waits = result.async
          if (waits) PromiseThen(result.value, giveBack, giveBack)
          return result
        } finally {
          if (!waits) giveBack()
        }
      },
  )
}

function chargeNormalized(charges: Charges): void {
  replaceMethod(
    String.prototype,
    'normalize',
    (method) =>
      function (this: unknown, ...args) {
        if (typeof this === 'string' && this.length <= LONG_TEXT) return apply(method, this, args)
        if (this === undefined || this === null) return apply(method, this, args)
        const text = `${this as string}`
        const charge = charges.take(NORMALIZED_BYTES * text.length)
        try {
          return apply(method, text, args)
        } finally {
          charges.release(charge)
        }
      },
  )
}
