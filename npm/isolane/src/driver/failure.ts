import { DataCloneError } from '../codec/shared/errors.js'
import {
  defineValue,
  ErrorConstructor,
  StringConstructor,
  StringSlice,
  TypedArrayLength,
} from '../codec/shared/primordials.js'
import type { DiffRefusal } from '../differ/operation.js'
import type { Caps, FailureRecord } from '../protocol.js'
import { Control, MARKER } from './contract.js'
import type { DriverServices } from './services.js'

/**
 * What the driver has to tell, as against what a function throws. It is known by a field that nobody
 * else sees: `instanceof` would ask the traps of a Proxy, and `Symbol.hasInstance`.
 */
class Told {
  readonly #kind: FailureRecord['kind']

  /**
   * @param error what it is about
   * @param line of the error in the function's own text, from 1; 0 where it has none
   */
  constructor(
    kind: FailureRecord['kind'],
    readonly error: unknown = undefined,
    readonly line = 0,
    readonly column = 0,
    readonly offset = 0,
    /** Id of the module that it is about. */
    readonly module: string | undefined = undefined,
  ) {
    this.#kind = kind
  }

  /** Whether it is of this class. */
  static is(value: unknown): value is Told {
    return typeof value === 'object' && value !== null && #kind in value
  }

  /** The record of `value`, if it is of this class. */
  static record(value: object, index: number): FailureRecord | undefined {
    if (!(#kind in value)) return undefined
    const kind = value.#kind
    const { error, line, column, offset, module } = value
    if (kind === 'json') return { kind, index, error, line, column, offset }
    if (kind === 'load') return { kind, index, error, line, column, module }
    return kind === 'module' ? { kind, index, error, module } : { kind, index, error }
  }
}

/** A promise is pending although nothing is left that could settle it. */
export class NeverSettles extends Told {
  /** @param loading it is that of modules that are being evaluated */
  constructor(loading = false) {
    super('pending', loading)
  }
}

/** An error that nobody has caught. */
export interface Uncaught {
  readonly error: unknown
}

/** Why a promise has not settled. */
export function pendingOver(uncaught: Uncaught | undefined): unknown {
  return uncaught === undefined ? new NeverSettles() : uncaught.error
}

/** What the source of a function threw when it was evaluated, or that it gave no function. */
export class EvaluationError extends Told {
  constructor(error: unknown) {
    super('throw', error)
  }
}

/** The function cannot be had from its module, or one of its modules failed. */
export class ModuleError extends Told {
  constructor(error: unknown, module?: string) {
    super('module', error, 0, 0, 0, module)
  }
}

/** The thread ends under the call: by an uncaught error, or by `process.exit` with a code. */
export class Exit extends Told {
  // For its types.
  // oxlint-disable-next-line no-useless-constructor
  constructor(kind: 'crash' | 'exit', error: unknown) {
    super(kind, error)
  }
}

/** The text of an item is not JSON. Stands in its place until it is asked for. */
export class NotJson extends Told {
  constructor(reason: string, line: number, column: number, offset: number) {
    super('json', reason, line, column, offset)
  }
}

/** What a function changed cannot be told. */
export class NoDifference extends Told {
  constructor(refusal: DiffRefusal) {
    super('changes', refusal)
  }
}

/** Throws what stands in the place of an item that could not be read. */
export function refuseUnread(item: unknown): void {
  if (Told.is(item)) throw item as unknown
}

/** The source of a function does not compile. */
export class LoadError extends Told {
  constructor(error: unknown, line: number, column: number, module?: string) {
    super('load', error, line, column, 0, module)
  }
}

/** A reducer returned a promise. */
export class NotAwaitable extends TypeError {
  constructor() {
    super(
      'the reduce function returned a promise; it must be synchronous (an async map function is awaited)',
    )
  }
}

/** Encodes failures for the host. */
export class FailureWriter {
  readonly #services: DriverServices
  readonly #words: Uint32Array
  readonly #maxSize: number

  constructor(services: DriverServices, words: Uint32Array, { maxErrorSize }: Caps) {
    this.#services = services
    this.#words = words
    this.#maxSize = maxErrorSize
  }

  /**
   * What was thrown goes as it is where the codec can carry it and it is no larger than the cap; an
   * error that resists (uncloneable properties, throwing getters) goes as its text, and one that is
   * too large as the start of it.
   */
  encode(error: unknown, index: number, first: number): Uint8Array {
    const { encoder } = this.#services.codec
    try {
      const bytes = encoder.encode(recordOf(error, index, first, Infinity), 'error')
      if (TypedArrayLength(bytes) <= this.#maxSize) return bytes
      this.#words[Control.CutErrors]!++
    } catch {
      // Its text has to do.
    }
    // A message and a stack, or a path and what is there, of two bytes a character.
    const longest = this.#maxSize >> 2
    const record = recordOf(error, index, first, longest)
    if (record.kind !== 'clone') record.error = portable(record.error, longest)
    return encoder.encode(record, 'error')
  }
}

/** @param longest characters of texts that are not the function's */
function recordOf(error: unknown, index: number, first: number, longest: number): FailureRecord {
  if (typeof error === 'object' && error !== null) {
    const refused = DataCloneError.refused(error)
    if (refused !== undefined) {
      const path = cut(refused.path, longest)
      return { kind: 'clone', index, error: cut(refused.what, longest), path, first }
    }
    const record = Told.record(error, index)
    if (record !== undefined) return record
  }
  return { kind: 'throw', index, error }
}

/** An error of plain texts, or a plain text, that says what can be said of `error`. */
function portable(error: unknown, longest: number): unknown {
  const text = (read: () => unknown, room: number) => cut(textOf(read), room)
  if (typeof error === 'string') return cut(error, longest)
  if (typeof error !== 'object' || error === null) {
    return new ErrorConstructor(text(() => error, longest))
  }
  const source = error as Error & { code?: unknown }
  const short = longest >> 3
  const copy = new ErrorConstructor(text(() => source.message, longest - short))
  // Whatever else stands there is no name.
  const name = text(() => {
    const given: unknown = source.name
    return typeof given === 'string' ? given : ''
  }, short)
  defineValue(copy, 'name', name || 'Error', false)
  defineValue(
    copy,
    'stack',
    text(() => source.stack, longest - short),
    false,
  )
  const code = text(() => source.code, short)
  if (code !== '') defineValue(copy, 'code', code, true)
  return copy
}

function textOf(read: () => unknown): string {
  try {
    const value = read()
    return typeof value === 'object' || value === undefined ? '' : StringConstructor(value)
  } catch {
    return ''
  }
}

function cut(text: string, longest: number): string {
  return text.length > longest ? `${StringSlice(text, 0, longest)}${MARKER}` : text
}
