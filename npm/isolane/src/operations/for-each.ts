import type { Results } from '../jobs/results.js'
import { traced } from '../calls/channels.js'
import { checkForEachOptions } from '../options/call.js'
import { Operation } from '../protocol.js'
import type { OperationHost } from './host.js'
import { itemsOf } from './text.js'

/** See `Pool.forEach`. */
export function forEach(
  pool: OperationHost,
  items: unknown,
  fn: unknown,
  options: unknown,
): Promise<unknown> {
  const checked = checkForEachOptions(options)
  const handle = pool.functions.handleOf(fn, checked)
  const input = itemsOf(items, checked)
  pool.life.assertOpen()
  const call = pool.submission.call(handle, checked)
  const batch = {
    operation: Operation.ForEach,
    call,
    items: input,
    options: checked,
    results: new NoResults(),
  }
  return traced(call, 'forEach', () => pool.submission.batch<unknown>(batch))
}

/** Nothing. */
class NoResults implements Results<undefined> {
  keep(): void {}

  replace(): void {}

  value(): undefined {}

  valueAt(): undefined {}
}
