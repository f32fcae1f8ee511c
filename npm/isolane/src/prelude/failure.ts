import { DataCloneError, type Encoder } from '../codec/index.js'
import type { FailureRecord } from '../protocol.js'

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
export class Doom {
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

/** Longest message, stack or name that is carried of an error that resists. */
const MAX_TEXT = 16_384

const apply = Reflect.apply
const slice = String.prototype.slice
const NativeError = Error
const define = Object.defineProperty

/**
 * Encodes a failure for the host. What was thrown goes as it is where the codec can carry it; an
 * error that resists (uncloneable properties, throwing getters) goes as its text.
 */
export function encodeFailure(
  encoder: Encoder,
  error: unknown,
  index: number,
  first: number,
): Uint8Array {
  const record = describe(error, index, first)
  try {
    return encoder.encode(record, 'error')
  } catch {
    record.error = portable(record.error)
    return encoder.encode(record, 'error')
  }
}

function describe(error: unknown, index: number, first: number): FailureRecord {
  if (error instanceof LoadError) {
    return { kind: 'load', index, error: error.error, line: error.line, column: error.column }
  }
  if (error instanceof EvaluationError) return { kind: 'throw', index, error: error.error }
  if (error instanceof ModuleError) return { kind: 'module', index, error: error.error }
  if (error instanceof Doom) return { kind: error.kind, index, error: error.error }
  if (error instanceof NeverSettles) return { kind: 'pending', index, error: undefined }
  if (error instanceof DataCloneError) {
    return { kind: 'clone', index, error: error.what, path: error.path, first }
  }
  return { kind: 'throw', index, error }
}

/** An error of plain texts that says what can be said of `error`. */
function portable(error: unknown): unknown {
  if (typeof error !== 'object' || error === null) return new NativeError(textOf(() => error))
  const source = error as Error & { code?: unknown }
  const copy = new NativeError(textOf(() => source.message))
  define(copy, 'name', { value: textOf(() => source.name) || 'Error', enumerable: false })
  define(copy, 'stack', { value: textOf(() => source.stack), enumerable: false })
  const code = textOf(() => source.code)
  if (code !== '') define(copy, 'code', { value: code, enumerable: true })
  return copy
}

function textOf(read: () => unknown): string {
  try {
    const value = read()
    if (typeof value === 'object' || value === undefined) return ''
    const text = typeof value === 'symbol' ? value.toString() : `${value as string}`
    return apply(slice, text, [0, MAX_TEXT]) as string
  } catch {
    return ''
  }
}
