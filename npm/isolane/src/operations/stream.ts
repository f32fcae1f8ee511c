import { InvalidTypeError } from '../errors/errors.js'
import type { Call } from '../calls/call.js'
import { itemPolicy } from '../jobs/on-error.js'
import { checkStreamOptions, type StreamOptions } from '../options/call.js'
import { changed } from '../options/check.js'
import type { OperationHost } from './host.js'
import { Bell, SourceIntake } from './intake.js'
import { streamOfBlocks } from './stream-of-blocks.js'
import { arrayText, itemWriter, lines } from './stream-text.js'
import { followed, leavable, results, type StreamRules } from './streaming.js'

/** Calls in flight at once, unless the options say otherwise. */
const CALLS_PER_THREAD = 4

/** Options that only a source of text gives a meaning. */
const OF_TEXT = ['maxItemMb', 'onFailure', 'onProgress'] as const

/** See `Pool.stream`. */
export function stream<T>(
  pool: OperationHost,
  source: Iterable<T> | AsyncIterable<T>,
  fn: unknown,
  options: unknown,
): AsyncGenerator<unknown, void, void> {
  const checked = checkStreamOptions(options)
  const { from, concurrency = pool.threads * CALLS_PER_THREAD, ordered = true, signal } = checked
  pool.life.assertOpen()
  const call = pool.submission.call(pool.functions.handleOf(fn, checked), checked)
  const rules = { concurrency, ordered, signal, bell: new Bell(), isLeft: false }
  if (from !== undefined) {
    return followed(streamOfBlocks(pool, source, call, checked, from, rules), call)
  }
  for (const name of OF_TEXT) {
    if (checked[name] === undefined) continue
    throw new InvalidTypeError(`options.${name} is only for streams of text; give options.from too`)
  }
  return followed(streamOfItems(pool, source, call, checked, rules), call)
}

function streamOfItems<T>(
  pool: OperationHost,
  source: Iterable<T> | AsyncIterable<T>,
  call: Call,
  options: StreamOptions,
  rules: StreamRules,
): AsyncGenerator<unknown, void, void> {
  const { into, onError = 'reject', concurrency: _, ordered: _ordered, ...rest } = options
  const writer = itemWriter(into, onError)
  const withPolicy = itemPolicy<T>(onError)
  const start = (item: T, index: number, signal: AbortSignal) => {
    pool.life.assertOpen()
    const limits = changed(rest, { signal })
    const part = call.part(call.fn, signal)
    const single = pool.submission.item(part, item, index, limits, writer.kind)
    return writer.written(withPolicy(writer.read(single), item, index), index)
  }
  const given = results<T, unknown>(new SourceIntake(source, rules.bell), start, rules)
  if (into === undefined) return leavable(given, rules)
  const texts = given as AsyncGenerator<Buffer, void, void>
  return leavable(into === 'json' ? arrayText(texts, rules) : lines(texts), rules)
}
