import { DataCloneError } from '../codec/shared/errors.js'
import type { Caps, FailureRecord } from '../protocol.js'
import { Control, MARKER } from './contract.js'
import type { DriverServices } from './services.js'

/** A promise is pending although nothing is left that could settle it. */
export class NeverSettles extends Error {}

/** A reducer returned a promise. */
export class NotAwaitable extends TypeError {
  constructor() {
    super(
      'the reduce function returned a promise; it must be synchronous (an async map function is awaited)',
    )
  }
}

/** What the source of a function threw when it was evaluated, or that it gave no function. */
export class EvaluationError {
  constructor(readonly error: unknown) {}
}

/** The function cannot be had from its module. */
export class ModuleError {
  constructor(readonly error: unknown) {}
}

/** The thread ends under the call: by an uncaught error, or by `process.exit` with a code. */
export class Exit {
  constructor(
    readonly kind: 'crash' | 'exit',
    readonly error: unknown,
  ) {}
}

/** The source of a function does not compile. */
export class LoadError {
  constructor(
    readonly error: unknown,
    readonly line: number,
    readonly column: number,
  ) {}
}

const apply = Reflect.apply
const slice = String.prototype.slice
const NativeError = Error
const define = Object.defineProperty

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
    const record = describe(error, index, first)
    const { encoder } = this.#services.codec
    try {
      const bytes = encoder.encode(record, 'error')
      if (bytes.length <= this.#maxSize) return bytes
      this.#words[Control.CutErrors]!++
    } catch {
      // Its text has to do.
    }
    // A message and a stack, of two bytes a character.
    const longest = this.#maxSize >> 2
    record.error = portable(record.error, longest)
    if (record.path !== undefined) record.path = cut(record.path, longest)
    return encoder.encode(record, 'error')
  }
}

function describe(error: unknown, index: number, first: number): FailureRecord {
  if (error instanceof LoadError) {
    return { kind: 'load', index, error: error.error, line: error.line, column: error.column }
  }
  if (error instanceof EvaluationError) return { kind: 'throw', index, error: error.error }
  if (error instanceof ModuleError) return { kind: 'module', index, error: error.error }
  if (error instanceof Exit) return { kind: error.kind, index, error: error.error }
  if (error instanceof NeverSettles) return { kind: 'pending', index, error: undefined }
  if (error instanceof DataCloneError) {
    return { kind: 'clone', index, error: error.what, path: error.path, first }
  }
  return { kind: 'throw', index, error }
}

/** An error of plain texts, or a plain text, that says what can be said of `error`. */
function portable(error: unknown, longest: number): unknown {
  const text = (read: () => unknown) => cut(textOf(read), longest)
  if (typeof error === 'string') return cut(error, longest)
  if (typeof error !== 'object' || error === null) return new NativeError(text(() => error))
  const source = error as Error & { code?: unknown }
  const copy = new NativeError(text(() => source.message))
  define(copy, 'name', { value: text(() => source.name) || 'Error', enumerable: false })
  define(copy, 'stack', { value: text(() => source.stack), enumerable: false })
  const code = text(() => source.code)
  if (code !== '') define(copy, 'code', { value: code, enumerable: true })
  return copy
}

function textOf(read: () => unknown): string {
  try {
    const value = read()
    if (typeof value === 'object' || value === undefined) return ''
    return typeof value === 'symbol' ? value.toString() : `${value as string}`
  } catch {
    return ''
  }
}

function cut(text: string, longest: number): string {
  return text.length > longest ? `${apply(slice, text, [0, longest]) as string}${MARKER}` : text
}
