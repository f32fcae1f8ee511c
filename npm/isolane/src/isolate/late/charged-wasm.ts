/**
 * WebAssembly memory, charged at its maximum: a module grows it without asking. So each memory gets
 * one, by its descriptor or in the module's bytes, and at most half of the isolate's limit.
 */

import {
  ArrayBufferConstructor,
  ArrayBufferIsView,
  BigIntConstructor,
  MathMin,
  NumberConstructor,
  ObjectDefineProperty,
  ObjectGetOwnPropertyDescriptor,
  ObjectSetPrototypeOf,
  ReflectApply,
  ReflectConstruct,
  SharedArrayBufferConstructor,
  Uint8ArrayConstructor,
  WeakMapConstructor,
  WeakMapGet,
  WeakMapSet,
} from '../../codec/shared/primordials.js'
import type { Charges } from '../charges.js'
import { described, replaceConstructor, replaceMethod } from '../replace.js'
import { withinPages } from './wasm-limits.js'

/** As much of the JavaScript API as is needed; the type library has it only for browsers. */
interface WebAssemblyNamespace {
  Memory: new (descriptor: object) => { readonly buffer: object }
  Module: (new (bytes: unknown) => object) & {
    exports(module: object): { name: string; kind: string }[]
  }
  Instance: new (module: object, imports?: object) => { readonly exports: Record<string, object> }
  CompileError: new (message: string) => Error
}

const PAGE = 65_536
const DESCRIPTOR = ['initial', 'minimum', 'maximum', 'shared', 'address']
const BUFFER_METHODS = ['toFixedLengthBuffer', 'toResizableBuffer']

/** Wraps the namespace `WebAssembly`, whose memories get at most `maxPages`. */
export function chargedWasm(charges: Charges, maxPages: number, namespace: object): object {
  const wasm = namespace as WebAssemblyNamespace
  const { Memory, Module, Instance, CompileError } = wasm
  const { exports: exportsOf } = Module
  /** Pages that each instance of a module may come to have. */
  const pagesOf = new WeakMapConstructor<object, number>()

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
    const charge = charges.take(pages * PAGE)
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
    const module = ReflectConstruct(Module, [limited.bytes], newTarget)
    WeakMapSet(pagesOf, module, limited.pages)
    return module
  })
  const Instances = replaceConstructor(wasm, Instance, (args, newTarget) => {
    const module = args[0] as object
    const pages = (WeakMapGet(pagesOf, module) as number | undefined) ?? 0
    const charge = pages === 0 ? undefined : charges.take(pages * PAGE)
    const instance = ReflectConstruct(Instance, args, newTarget)
    charges.keep(instance, charge)
    const list = exportsOf(module)
    for (let i = 0; i < list.length; i++) {
      const { name, kind } = list[i]!
      const memory = kind === 'memory' ? (instance.exports[name] as object) : undefined
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
      if (source instanceof Module) return new Instances(source, imports)
      const module = new Modules(source)
      return { module, instance: new Instances(module, imports) }
    },
  }
  ObjectDefineProperty(wasm, 'compile', described(asynchronous.compile, true))
  ObjectDefineProperty(wasm, 'instantiate', described(asynchronous.instantiate, true))
  return wasm
}

/** Past any setter on Object.prototype. */
function define(object: object, key: string, value: unknown): void {
  ObjectDefineProperty(object, key, described(value, true))
}

/** A copy of a module's bytes, which nothing can change meanwhile; `undefined` if they are none. */
function copyOf(source: unknown): Uint8Array<ArrayBuffer> | undefined {
  if (ArrayBufferIsView(source))
    return new Uint8ArrayConstructor(
      new Uint8ArrayConstructor(source.buffer, source.byteOffset, source.byteLength),
    )
  return source instanceof ArrayBufferConstructor || source instanceof SharedArrayBufferConstructor!
    ? new Uint8ArrayConstructor(new Uint8ArrayConstructor(source))
    : undefined
}
