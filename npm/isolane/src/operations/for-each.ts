import type { Results } from '../jobs/results.js'
import { checkForEachOptions } from '../options/call.js'
import { Operation } from '../protocol.js'
import { itemList } from '../values/items.js'
import type { OperationHost } from './host.js'

/** See `Pool.forEach`. */
export function forEach(
  pool: OperationHost,
  items: unknown,
  fn: unknown,
  options: unknown,
): Promise<unknown> {
  const checked = checkForEachOptions(options)
  const handle = pool.functions.handleOf(fn, checked)
  const input = itemList(items)
  pool.life.assertOpen()
  return pool.submission.batch({
    operation: Operation.ForEach,
    fn: handle,
    items: input,
    options: checked,
    results: new NoResults(),
  })
}

/** Nothing. */
class NoResults implements Results<undefined> {
  keep(): void {}

  replace(): void {}

  value(): undefined {}

  valueAt(): undefined {}
}
