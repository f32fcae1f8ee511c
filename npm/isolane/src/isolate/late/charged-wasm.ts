/**
 * WebAssembly memory, charged at its maximum: a module grows it without asking. So each memory gets
 * one, by its descriptor or in the module's bytes, and at most half of the isolate's limit.
 */

import {
  BigIntConstructor,
  MathMin,
  NumberConstructor,
  PromiseThen,
  ObjectDefineProperty,
  ObjectGetOwnPropertyDescriptor,
  ObjectSetPrototypeOf,
  ReflectApply,
  ReflectConstruct,
  TypedArrayLength,
  Uint8ArrayConstructor,
  WeakMapConstructor,
  WeakMapGet,
  WeakMapHas,
  WeakMapSet,
} from '../../codec/shared/primordials.js'
import type { Charges } from '../charges.js'
import { described, replaceConstructor, replaceMethod } from '../replace.js'
import { bytesOf } from './bytes.js'
import { withinPages, type LimitedModule } from './wasm-limits.js'

/** As much of the JavaScript API as is needed; the type library has it only for browsers. */
interface WebAssemblyNamespace {
  Memory: new (descriptor: object) => { readonly buffer: object }
  Module: (new (bytes: unknown) => object) & {
    exports(module: object): { name: string; kind: string }[]
  }
  Instance: new (module: object, imports?: object) => object
  CompileError: new (message: string) => Error
}

const PAGE = 65_536
/** A memory, and what is reserved behind it. */
const MEMORY_MAPPINGS = 2
/** A module's code, and what is reserved for more of it. */
const MODULE_MAPPINGS = 2
/** Of each byte of a module V8 keeps the byte, and about as much of code for what is called. */
const MODULE_FACTOR = 2
/** The stack of a call that can be suspended, and a page on either side of it. */
const STACK = { bytes: 1 << 20, mappings: 3 }
/** What an instance's own memories may come to. */
type Limits = Pick<LimitedModule, 'pages' | 'memories'>
const NO_MEMORY: Limits = { pages: 0, memories: 0 }

const DESCRIPTOR = ['initial', 'minimum', 'maximum', 'shared', 'address']
const BUFFER_METHODS = ['toFixedLengthBuffer', 'toResizableBuffer']

/** Wraps the namespace `WebAssembly`, whose memories get at most `maxPages`. */
export function chargedWasm(charges: Charges, maxPages: number, namespace: object): object {
  const wasm = namespace as WebAssemblyNamespace
  const { Memory, Module, Instance, CompileError } = wasm
  const { exports: listOf } = Module
  const exportsOf = ObjectGetOwnPropertyDescriptor(Instance.prototype, 'exports')!.get!
  /** What each instance of a module may come to have. */
  const limits = new WeakMapConstructor<object, Limits>()

  replaceConstructor(wasm, Memory, (args, newTarget) => {
    const given = args[0] as Record<string, unknown> | null | undefined
    if ((typeof given !== 'object' && typeof given !== 'function') || given === null) {
      return ReflectConstruct(Memory, args, newTarget)
    }
    // Each property is read once; what has no value is left out.
    const limited: Record<string, unknown> = {}
    for (let i = 0; i < DESCRIPTOR.length; i++) {
      const value = given[DESCRIPTOR[i]!]
      if (value !== undefined) define(limited, DESCRIPTOR[i]!, value)
    }
    const { initial = limited['minimum'], maximum } = limited
    const pages = MathMin(maximum === undefined ? maxPages : NumberConstructor(maximum), maxPages)
    define(limited, 'maximum', typeof initial === 'bigint' ? BigIntConstructor(pages) : pages)
    const charge = charges.take(pages * PAGE, MEMORY_MAPPINGS)
    return charges.keep(ReflectConstruct(Memory, [limited], newTarget), charge)
  })
  // The buffer keeps the memory alive, without the object.
  const buffer = ObjectGetOwnPropertyDescriptor(Memory.prototype, 'buffer')!
  ObjectSetPrototypeOf(buffer, null)
  const bufferOf = buffer.get!
  buffer.get = function (this: object) {
    return charges.keep(ReflectApply(bufferOf, this, []) as object, charges.of(this))
  }
  ObjectDefineProperty(Memory.prototype, 'buffer', buffer)
  for (let i = 0; i < BUFFER_METHODS.length; i++) {
    replaceMethod(
      Memory.prototype,
      BUFFER_METHODS[i]!,
      (method) =>
        function () {
          return charges.keep(ReflectApply(method, this, []), charges.of(this))
        },
    )
  }

  const Modules = replaceConstructor(wasm, Module, (args, newTarget) => {
    const bytes = copyOf(args[0])
    const limited = bytes && withinPages(bytes, maxPages)
    if (limited === undefined) {
      ReflectConstruct(Module, args, newTarget)
      throw new CompileError('WebAssembly.Module(): the memory section cannot be read')
    }
    const charge = charges.take(MODULE_FACTOR * TypedArrayLength(limited.bytes), MODULE_MAPPINGS)
    const module = ReflectConstruct(Module, [limited.bytes], newTarget)
    const { pages, memories } = limited
    WeakMapSet(limits, module, { pages, memories })
    return charges.keep(module, charge)
  })
  const Instances = replaceConstructor(wasm, Instance, (args, newTarget) => {
    const module = args[0] as object
    const { pages, memories } = (WeakMapGet(limits, module) as Limits | undefined) ?? NO_MEMORY
    const charge =
      memories === 0 ? undefined : charges.take(pages * PAGE, memories * MEMORY_MAPPINGS)
    const instance = ReflectConstruct(Instance, args, newTarget)
    charges.keep(instance, charge)
    const list = listOf(module)
    const exports = ReflectApply(exportsOf, instance, []) as Record<string, object>
    for (let i = 0; i < list.length; i++) {
      const { name, kind } = list[i]!
      const memory = kind === 'memory' ? exports[name] : undefined
      if (memory !== undefined && charges.of(memory) === undefined) charges.keep(memory, charge)
    }
    return instance
  })

  // Nothing runs in the background for an isolate: compiling is done at once.
  const asynchronous = {
    async compile(bytes: unknown) {
      return new Modules(bytes)
    },
    async instantiate(source: unknown, imports?: object) {
      if (WeakMapHas(limits, source)) return new Instances(source as object, imports)
      const module = new Modules(source)
      return { module, instance: new Instances(module, imports) }
    },
  }
  chargeStacks(charges, wasm)
  ObjectDefineProperty(wasm, 'compile', described(asynchronous.compile, true))
  ObjectDefineProperty(wasm, 'instantiate', described(asynchronous.instantiate, true))
  return wasm
}

/** Each call of a function that `promising` gives has a stack of its own, until its promise settles. */
function chargeStacks(charges: Charges, wasm: object): void {
  replaceMethod(
    wasm,
    'promising',
    (method) =>
      function (...args) {
        const call = ReflectApply(method, this, args) as Function
        return function (...given: unknown[]) {
          const charge = charges.take(STACK.bytes, STACK.mappings)
          const promise = ReflectApply(call, undefined, given) as Promise<unknown>
          const release = () => charges.release(charge)
          PromiseThen(promise, release, release)
          return charges.keep(promise, charge)
        }
      },
  )
}

/** Past any setter on Object.prototype. */
function define(object: object, key: string, value: unknown): void {
  ObjectDefineProperty(object, key, described(value, true))
}

/** A copy of a module's bytes, which nothing can change meanwhile; `undefined` if they are none. */
function copyOf(source: unknown): Uint8Array<ArrayBuffer> | undefined {
  const bytes = bytesOf(source)
  return bytes && new Uint8ArrayConstructor(bytes)
}
