/** Results of streams as JSON text. */

import { OMITTED, rejected } from '../jobs/on-error.js'
import { jsonText, TextResult } from '../jobs/text-results.js'
import type { OnError } from '../options/outcome.js'
import { CODEC, SETTLED } from '../protocol.js'
import { textKind, type TextFormat } from '../values/text.js'
import type { StreamRules } from './streaming.js'

const OPENING = 0x5b
const COMMA = 0x2c

/** What becomes of the calls of single items. */
interface ItemWriter {
  /** What their results are on the wire. */
  kind: number
  /** What a call gave, for the policy that bears failures. */
  read(call: Promise<unknown>): Promise<unknown>
  /** What is handed on, of what the policy gives for item `index`. */
  written(result: Promise<unknown>, index: number): Promise<unknown>
}

const same = (call: Promise<unknown>) => call
const VALUES: ItemWriter = { kind: CODEC, read: same, written: same }

/** How results of single items are written: of JSON without what stands between them, see {@link arrayText}. */
export function itemWriter(into: TextFormat | undefined, onError: OnError): ItemWriter {
  if (into === undefined) return VALUES
  const end = into === 'json' ? '' : '\n'
  const write = (value: unknown, index: number): Buffer =>
    Buffer.concat([jsonText(value, index), Buffer.from(end)])
  const isSettled = onError === 'settle'
  return {
    kind: isSettled ? textKind(into) | SETTLED : textKind(into),
    read: async (call) => new TextResult((await call) as Buffer),
    written: async (result, index) => {
      const value = await result
      if (value === OMITTED) return value
      const { text, other } = isSettled ? settledParts(value) : partsOf(value)
      return text ?? write(other, index)
    },
  }
}

/** What a worker has written, or else a value. */
interface Parts {
  text?: Uint8Array
  other?: unknown
}

function partsOf(value: unknown): Parts {
  return value instanceof TextResult ? { text: value.text } : { other: value }
}

/** Of results that are told as from `Promise.allSettled`; those of a worker are written as such. */
function settledParts(outcome: unknown): Parts {
  const { status, value, reason } = outcome as { status: string; value: unknown; reason: Error }
  return status === 'rejected' ? { other: rejected(reason) } : partsOf(value)
}

/** Texts that are whole lines. */
export async function* lines(texts: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, void> {
  for await (const text of texts) if (text.length > 0) yield text
}

/** One array of texts, each of which are its elements from the first to the last, if there are any. */
export async function* arrayText(
  texts: AsyncIterable<Buffer>,
  rules: StreamRules,
): AsyncGenerator<Buffer, void, void> {
  let before = OPENING
  for await (const text of texts) {
    if (text.length === 0) continue
    yield Buffer.concat([Buffer.of(before), text])
    before = COMMA
  }
  if (!rules.isLeft) yield Buffer.from(before === OPENING ? '[]' : ']')
}

/** One array of texts, each of which is an array. */
export async function* joinedArrays(
  texts: AsyncIterable<Buffer>,
  rules: StreamRules,
): AsyncGenerator<Buffer, void, void> {
  let before = OPENING
  for await (const text of texts) {
    if (text.length <= 2) continue
    text[0] = before
    yield text.subarray(0, -1)
    before = COMMA
  }
  if (!rules.isLeft) yield Buffer.from(before === OPENING ? '[]' : ']')
}
