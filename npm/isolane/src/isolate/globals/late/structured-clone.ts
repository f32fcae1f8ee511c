/**
 * The algorithm of the web (<https://html.spec.whatwg.org/multipage/structured-data.html>), from object to
 * object. V8's own serializer would write all strings to memory that no budget counts, each as often
 * as it is referred to.
 */

import { ERROR_CLASSES } from '../../../codec/shared/format.js'
import {
  BigIntValueOf,
  BooleanValueOf,
  BufferByteLength,
  BufferMaxByteLength,
  BufferResizable,
  DataViewBuffer,
  DataViewByteLength,
  DataViewByteOffset,
  DataViewConstructor,
  DateConstructor,
  DateGetTime,
  ArrayBufferConstructor,
  defineValue,
  ERRORS,
  ErrorConstructor,
  FunctionToString,
  isDetached,
  MapConstructor,
  MapForEach,
  MapSet,
  NumberValueOf,
  ObjectConstructor,
  ObjectGetOwnPropertyDescriptor,
  ObjectHasOwn,
  ObjectKeys,
  ObjectSetPrototypeOf,
  privateArray,
  ReflectConstruct,
  RegExpConstructor,
  regExpFlags,
  RegExpSource,
  SafeMap,
  SetAdd,
  SetConstructor,
  SetForEach,
  StringValueOf,
  TypedArrayBuffer,
  TypedArrayByteOffset,
  TypedArrayLength,
  TypedArraySet,
  TypeErrorConstructor,
  Uint8ArrayConstructor,
  VIEWS,
} from '../../../codec/shared/primordials.js'
import { viewKind } from '../../../codec/shared/view-kind.js'
import { Cloneable, type GlobalsHost } from '../host.js'
import { SymbolToString } from '../primordials.js'
import { copyOfException, domException } from './dom-exception.js'
import { listOf, needArguments, optionsOf } from './interface.js'

/** Names that an error keeps. */
const NAMES = ['EvalError', 'RangeError', 'ReferenceError', 'SyntaxError', 'TypeError', 'URIError']

type Place = (copy: unknown) => void

export function structuredCloneFunction(host: GlobalsHost) {
  return {
    structuredClone(value: unknown, options?: unknown): unknown {
      needArguments(arguments.length, 1, 'structuredClone')
      const given = optionsOf(options, 'structuredClone')['transfer']
      const transfer = given === undefined ? privateArray<unknown>() : listOf(given, 'transfer')
      return new Cloning(host, transfer).run(value)
    },
  }
}

class Cloning {
  readonly #host: GlobalsHost
  readonly #copies = new SafeMap<object, object>()
  /** Buffers that move: they do once nothing can fail any more. */
  readonly #moving = new SafeMap<object, true>()
  readonly #transfer: readonly unknown[]
  /** What waits for that. */
  readonly #later = privateArray<() => void>()

  constructor(host: GlobalsHost, transfer: readonly unknown[]) {
    this.#host = host
    this.#transfer = transfer
    for (let i = 0; i < transfer.length; i++) {
      const each = transfer[i] as object
      if (!isObject(each)) throw new TypeErrorConstructor('a value in transfer is no object')
      if (host.extra.kindOf(each) !== Cloneable.ArrayBuffer) {
        throw refusal('A value in the transfer list could not be transferred.')
      }
      if (this.#moving.has(each)) throw refusal('An ArrayBuffer is in the transfer list twice.')
      this.#moving.set(each, true)
    }
  }

  run(value: unknown): unknown {
    const root = privateArray<unknown>()
    this.#put(value, (copy) => (root[0] = copy))
    const { charges } = this.#host
    for (let i = 0; i < this.#transfer.length; i++) {
      if (isDetached(this.#transfer[i] as ArrayBuffer)) throw refusal(DETACHED)
    }
    for (let i = 0; i < this.#transfer.length; i++) {
      const buffer = this.#transfer[i] as ArrayBuffer
      this.#copies.set(buffer, charges.move(buffer))
    }
    for (let i = 0; i < this.#later.length; i++) this.#later[i]!()
    return root[0]
  }

  /** Hands the copy of `value` to its place, now or once buffers have moved. */
  #put(value: unknown, place: Place): void {
    if (!isObject(value)) {
      if (typeof value === 'symbol') throw notCloned(SymbolToString(value))
      place(value)
      return
    }
    const copy = this.#copies.get(value)
    if (copy !== undefined) {
      place(copy)
      return
    }
    const kind = this.#host.extra.kindOf(value)
    if (kind === Cloneable.ArrayBuffer && this.#moving.has(value)) {
      this.#after(() => place(this.#copies.get(value)))
    } else if (kind === Cloneable.View && this.#moving.has(bufferOf(value))) {
      // While it still has a length.
      const make = viewMaker(value)
      this.#after(() => {
        const buffer = this.#copies.get(bufferOf(value)) as ArrayBuffer
        place(this.#copies.get(value) ?? this.#keep(value, make(buffer)))
      })
    } else place(this.#copy(value, kind))
  }

  #after(step: () => void): void {
    this.#later[this.#later.length] = step
  }

  #keep<T extends object>(value: object, copy: T): T {
    this.#copies.set(value, copy)
    return copy
  }

  #copy(value: object, kind: number): object {
    switch (kind) {
      case Cloneable.Plain:
        return copyOfException(value) ?? this.#withProperties(value, this.#keep(value, {}))
      case Cloneable.Array: {
        const copy: unknown[] = []
        copy.length = (value as unknown[]).length
        return this.#withProperties(value, this.#keep(value, copy))
      }
      case Cloneable.Map:
        return this.#mapOf(value as Map<unknown, unknown>)
      case Cloneable.Set:
        return this.#setOf(value as Set<unknown>)
      case Cloneable.Error:
        return copyOfException(value) ?? this.#errorOf(value)
      case Cloneable.ArrayBuffer:
        return this.#keep(value, this.#bufferOf(value as ArrayBuffer))
      case Cloneable.SharedArrayBuffer:
        // The memory is the same in any case.
        return value
      case Cloneable.View:
        return this.#viewOf(value)
      default:
        return this.#keep(value, copyOfScalar(value, kind))
    }
  }

  #withProperties(value: object, copy: object): object {
    const keys = ObjectKeys(value)
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i]!
      // A getter may have deleted it.
      if (!ObjectHasOwn(value, key)) continue
      // Keeps the order where the value comes later.
      defineValue(copy, key, undefined, true)
      this.#put((value as Record<string, unknown>)[key], (each) =>
        defineValue(copy, key, each, true),
      )
    }
    return copy
  }

  #mapOf(value: Map<unknown, unknown>): object {
    const copy = this.#keep(value, new MapConstructor<unknown, unknown>())
    const entries = privateArray<unknown>()
    MapForEach(value, (each, key) => {
      entries[entries.length] = key
      entries[entries.length] = each
    })
    this.#fill(entries, (i) => {
      if (i % 2 === 1) MapSet(copy, entries[i - 1], entries[i])
    })
    return copy
  }

  #setOf(value: Set<unknown>): object {
    const copy = this.#keep(value, new SetConstructor<unknown>())
    const entries = privateArray<unknown>()
    SetForEach(value, (each) => (entries[entries.length] = each))
    this.#fill(entries, (i) => SetAdd(copy, entries[i]))
    return copy
  }

  /** Puts copies in the place of entries, and adds each in its turn. */
  #fill(entries: unknown[], add: (index: number) => void): void {
    for (let i = 0; i < entries.length; i++) this.#put(entries[i], (copy) => (entries[i] = copy))
    const addAll = () => {
      for (let i = 0; i < entries.length; i++) add(i)
    }
    if (this.#transfer.length > 0) this.#after(addAll)
    else addAll()
  }

  #errorOf(value: object): object {
    const { name } = value as { name: unknown }
    const given = name === undefined ? 'Error' : `${name as string}`
    const message = ObjectGetOwnPropertyDescriptor(value, 'message')
    const text = message !== undefined && 'value' in message ? [`${message.value as string}`] : []
    const error = this.#keep(value, ReflectConstruct(ErrorConstructor, text) as object)
    for (let i = 0; i < NAMES.length; i++) {
      if (NAMES[i] !== given) continue
      ObjectSetPrototypeOf(error, classOf(given).prototype as object)
    }
    const stack = (value as { stack?: unknown }).stack
    if (typeof stack === 'string') defineValue(error, 'stack', stack, false)
    if (ObjectHasOwn(value, 'cause')) {
      this.#put((value as { cause: unknown }).cause, (each) => {
        defineValue(error, 'cause', each, false)
      })
    }
    return error
  }

  #bufferOf(value: ArrayBuffer): ArrayBuffer {
    if (isDetached(value)) throw refusal(DETACHED)
    const length = BufferByteLength(value)
    const copy =
      BufferResizable?.(value) === true
        ? this.#host.charges.resizable(length, BufferMaxByteLength!(value))
        : new ArrayBufferConstructor(length)
    TypedArraySet(new Uint8ArrayConstructor(copy), new Uint8ArrayConstructor(value))
    return copy
  }

  #viewOf(value: object): object {
    const make = viewMaker(value)
    let buffer: unknown
    this.#put(bufferOf(value), (copy) => (buffer = copy))
    return this.#keep(value, make(buffer as ArrayBuffer))
  }
}

const DETACHED = 'An ArrayBuffer is detached and could not be cloned.'

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}

function bufferOf(view: object): object {
  return viewKind(view) < 0 ? DataViewBuffer(view) : TypedArrayBuffer(view)
}

/** What makes a view like this one of another buffer. */
function viewMaker(view: object): (buffer: ArrayBuffer) => object {
  const kind = viewKind(view)
  if (kind < 0) {
    const offset = DataViewByteOffset(view as DataView)
    const length = DataViewByteLength(view as DataView)
    return (buffer) => new DataViewConstructor(buffer, offset, length)
  }
  const offset = TypedArrayByteOffset(view)
  const length = TypedArrayLength(view)
  return (buffer) => new VIEWS[kind]!(buffer, offset, length)
}

function copyOfScalar(value: object, kind: number): object {
  switch (kind) {
    case Cloneable.Date:
      return new DateConstructor(DateGetTime(value as Date))
    case Cloneable.RegExp:
      return new RegExpConstructor(RegExpSource(value) as string, regExpFlags(value))
    case Cloneable.Number:
      return ObjectConstructor(NumberValueOf(value as unknown as number)) as object
    case Cloneable.String:
      return ObjectConstructor(StringValueOf(value as unknown as string)) as object
    case Cloneable.Boolean:
      return ObjectConstructor(BooleanValueOf(value as unknown as boolean)) as object
    case Cloneable.BigInt:
      return ObjectConstructor(BigIntValueOf(value as unknown as bigint)) as object
    default:
      throw notCloned(typeof value === 'function' ? FunctionToString(value) : '#<Object>')
  }
}

function classOf(name: string): new () => Error {
  for (let i = 0; i < ERROR_CLASSES.length; i++) if (ERROR_CLASSES[i] === name) return ERRORS[i]!
  return ErrorConstructor
}

function notCloned(what: string): object {
  return refusal(`${what} could not be cloned.`)
}

function refusal(message: string): object {
  return domException(message, 'DataCloneError')
}
