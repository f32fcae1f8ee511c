import { Decoder, Encoder, type Platform } from '../codec/index.js'
import { CODEC, ELEMENT_KINDS, Operation, Status, type ElementArray } from '../protocol.js'
import { makeLog, type Log } from './console.js'
import { encodeFailure, LoadError, NeverSettles, NotAwaitable } from './failure.js'
import { deepFreeze } from './freeze.js'
import type { LogBuffer } from './log.js'
import { Control, type Native } from './native.js'
import { Settling } from './settling.js'

/** What a function finds in its last parameter. */
interface Context {
  args: unknown
  shared: object
  log: Log
}

type UserFunction = (...parameters: unknown[]) => unknown

/** A chunk being computed: what it needs again once its promises have settled. */
interface Chunk {
  operation: number
  fn: UserFunction
  context: Context
  first: number
  results: unknown[] | ElementArray
}

/** What the engine calls. Each returns bytes to carry away, or nothing; the status word says which. */
export interface Driver {
  /** Makes room for `size` bytes of input and returns the buffer to write them to. */
  reserve(size: number): ArrayBuffer
  /** Computes one chunk. Status pending: run the microtasks, then call `settle`. */
  call(
    kind: number,
    fn: unknown,
    second: unknown,
    argsLength: number,
    first: number,
    count: number,
    parts: number,
  ): Uint8Array | undefined
  /** Ends a chunk whose functions returned promises. */
  settle(): Uint8Array | undefined
  /** Turns what escaped the driver, or a compile error, into a failure. */
  fail(kind: 'throw' | 'load', error: unknown, line: number, column: number): Uint8Array
  /** Decodes a shared value from the input buffer, freezes it and keeps it under `id`. */
  share(id: number, length: number): Uint8Array | undefined
  /** Says which shared values the next calls see, and by which names. */
  select(names: string[], ids: number[]): void
  /** Lets a shared value go. */
  forget(id: number): void
  /** Encoded log records since the last time. */
  takeLogs(): Uint8Array
  /** `__name`, which esbuild and tsx leave in functions; here a function keeps the name it has. */
  nameHelper(fn: unknown, name: string): unknown
}

/** First bytes of the input buffer: the length of each part as 32-bit words, in the order of parts. */
const ALIGNMENT = 8

const create = Object.create
const freeze = Object.freeze
const uncurry = <T extends (...parameters: never[]) => unknown>(method: T) =>
  Function.prototype.call.bind(method) as (
    self: unknown,
    ...parameters: Parameters<T>
  ) => ReturnType<T>
const mapGet = uncurry(Map.prototype.get)
const mapSet = uncurry(Map.prototype.set)
const mapDelete = uncurry(Map.prototype.delete)

/** Builds the driver of one context. */
export function makeDriver(native: Native, logs: LogBuffer): Driver {
  const control = new Int32Array(native.control)
  const platform: Platform = {
    writeLatin1: native.writeLatin1,
    readLatin1: native.readLatin1,
    writeUtf16: native.writeUtf16,
    readUtf16: native.readUtf16,
    isLatin1: native.isLatin1,
    isOpaque: native.isOpaque,
    codegen: true,
  }
  const encoder = new Encoder(platform)
  const decoder = new Decoder(platform)
  const log = makeLog(logs)
  const sharedValues = new Map<number, unknown>()
  const nothing = freeze(create(null) as object)

  let buffer = new ArrayBuffer(1 << 16)
  let input = new Uint8Array(buffer)
  let lengths = new Uint32Array(buffer)
  let shared = nothing
  let settling: Settling | undefined
  let waiting: Chunk | undefined
  /** Index in the chunk of the item being computed; -1 outside of items. */
  let at = -1

  function readItems(kind: number, offset: number, count: number, parts: number) {
    if (kind !== CODEC) return new (ELEMENT_KINDS[kind - 1]!)(buffer, offset, count)
    const items: unknown[] = []
    for (let part = 0; part < parts; part++) {
      const length = lengths[part]!
      decoder.decodeInto(input, offset, length, items, items.length)
      offset += length
    }
    return items
  }

  /** Applies `fn` to each item; promises are adopted and their results filled in as they settle. */
  function apply(
    fn: UserFunction,
    items: ArrayLike<unknown>,
    results: unknown[] | ElementArray,
    first: number,
    context: Context,
  ): void {
    const slots = results as unknown[]
    const count = items.length
    for (let i = 0; i < count; i++) {
      // As Array.prototype.map: a hole is skipped and stays a hole.
      if (items[i] === undefined && !(i in items)) continue
      at = i
      const result = fn(items[i], first + i, context)
      if (typeof result === 'object' && result !== null && isThenable(result)) {
        settling ??= new Settling(slots)
        settling.adopt(result, i)
      } else {
        slots[i] = result
      }
    }
    at = -1
  }

  /** Folds from the left over what is not a hole; the first value is the accumulator's start. */
  function fold(fn: UserFunction, values: ArrayLike<unknown>, context: Context): unknown {
    let start = 0
    while (start < values.length && !(start in values)) start++
    let accumulator = values[start]
    for (let i = start + 1; i < values.length; i++) {
      if (values[i] === undefined && !(i in values)) continue
      at = i
      accumulator = fn(accumulator, values[i], context)
      if (typeof accumulator === 'object' && accumulator !== null && isThenable(accumulator)) {
        throw new NotAwaitable()
      }
    }
    at = -1
    return accumulator
  }

  /** Runs the function over the items. Returns whether promises have to settle first. */
  function start(chunk: Chunk, items: unknown[] | ElementArray, second: unknown): boolean {
    const { operation, fn, context, first } = chunk
    if (operation === Operation.Run || operation === Operation.Item) {
      const result = operation === Operation.Run ? fn(items[0], context) : callItem(chunk, items[0])
      chunk.results = [result]
      if (typeof result === 'object' && result !== null && isThenable(result)) {
        settling = new Settling(chunk.results)
        settling.adopt(result, 0)
      }
    } else if (operation === Operation.Combine) {
      chunk.results = items
    } else if (operation === Operation.Reduce) {
      if (typeof second === 'function') apply(second as UserFunction, items, chunk.results, first, context)
      else chunk.results = items
    } else {
      apply(fn, items, chunk.results, first, context)
    }
    return settling !== undefined
  }

  function finish(chunk: Chunk): Uint8Array {
    const { operation, fn, context, results } = chunk
    const values = results as unknown[]
    switch (operation) {
      case Operation.Run:
      case Operation.Item:
        return encoder.encode(values[0], 'result')
      case Operation.Combine:
        return encoder.encode(fold(fn, values, context), 'result')
      case Operation.Reduce:
        return encoder.encode([fold(fn, values, context)], 'result')
      case Operation.Filter:
        return truthMask(values)
      case Operation.ForEach:
        return EMPTY
      default:
        return ArrayBuffer.isView(results)
          ? new Uint8Array(results.buffer as ArrayBuffer)
          : encoder.encode(results, 'result')
    }
  }

  function failed(error: unknown, first: number): Uint8Array {
    control[Control.Status] = Status.Failed
    const index = at < 0 ? -1 : first + at
    at = -1
    settling = undefined
    waiting = undefined
    return encodeFailure(encoder, error, index, first)
  }

  return {
    reserve(size) {
      if (size > buffer.byteLength) {
        buffer = new ArrayBuffer(roundUp(size))
        input = new Uint8Array(buffer)
        lengths = new Uint32Array(buffer)
      }
      return buffer
    },

    call(kind, fn, second, argsLength, first, count, parts) {
      control[Control.Status] = Status.Done
      at = -1
      settling = undefined
      try {
        const operation = kind & 0xff
        const outputKind = (kind >> 16) & 0xff
        const argsOffset = align(parts * 4)
        const itemsOffset = align(argsOffset + argsLength)
        const args = argsLength === 0 ? undefined : decoder.decode(input, argsOffset, argsLength)
        const items =
          operation === Operation.Run || operation === Operation.Item
            ? [decoder.decode(input, itemsOffset, lengths[0])]
            : readItems((kind >> 8) & 0xff, itemsOffset, count, parts)
        const chunk: Chunk = {
          operation,
          fn: fn as UserFunction,
          context: { args, shared, log },
          first,
          results:
            outputKind === CODEC ? newArray(count) : new (ELEMENT_KINDS[outputKind - 1]!)(count),
        }
        if (!start(chunk, items, second)) return finish(chunk)
        waiting = chunk
        control[Control.Status] = Status.Pending
        return undefined
      } catch (error) {
        return failed(error, first)
      }
    },

    settle() {
      const chunk = waiting!
      const outcome = settling!
      waiting = undefined
      settling = undefined
      control[Control.Status] = Status.Done
      try {
        const verdict = outcome.verdict()
        if (verdict.status === 'fulfilled') return finish(chunk)
        if (isBatch(chunk.operation)) at = verdict.index
        throw verdict.status === 'rejected' ? verdict.reason : new NeverSettles()
      } catch (error) {
        return failed(error, chunk.first)
      }
    },

    fail(kind, error, line, column) {
      const cause = kind === 'load' ? new LoadError(error, line, column) : error
      return failed(cause, 0)
    },

    share(id, length) {
      control[Control.Status] = Status.Done
      try {
        mapSet(sharedValues, id, deepFreeze(decoder.decode(input, 0, length)))
        return undefined
      } catch (error) {
        return failed(error, 0)
      }
    },

    select(names, ids) {
      const selected = create(null) as Record<string, unknown>
      for (let i = 0; i < names.length; i++) selected[names[i]!] = mapGet(sharedValues, ids[i])
      shared = freeze(selected)
    },

    forget(id) {
      mapDelete(sharedValues, id)
    },

    takeLogs() {
      return encoder.encode(logs.take(), 'logs')
    },

    nameHelper: (fn) => fn,
  }
}

const EMPTY = new Uint8Array(0)

/** Whether the operation has items with indices. */
function isBatch(operation: number): boolean {
  return operation !== Operation.Run && operation !== Operation.Item
}

function callItem({ fn, context }: Chunk, pair: unknown): unknown {
  const [item, index] = pair as [unknown, number]
  return fn(item, index, context)
}

function isThenable(value: object): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown }).then === 'function'
}

function truthMask(values: unknown[]): Uint8Array {
  const mask = new Uint8Array(values.length)
  for (let i = 0; i < values.length; i++) mask[i] = values[i] ? 1 : 0
  return mask
}

/** Large arrays are not preallocated: `new Array(n)` would make them slow dictionaries. */
function newArray(count: number): unknown[] {
  return count < 1 << 20 ? new Array(count) : []
}

function align(offset: number): number {
  return (offset + ALIGNMENT - 1) & -ALIGNMENT
}

function roundUp(size: number): number {
  let capacity = 1 << 16
  while (capacity < size) capacity *= 2
  return capacity
}
