import { expectSize } from '../jobs/answers.js'
import type { ResultBlock, Results } from '../jobs/results.js'
import { checkFilterOptions } from '../options/call.js'
import { Operation, type ElementArray } from '../protocol.js'
import { assertUnchanged, isPlain, itemList, pickElements, type ItemList } from '../values/items.js'
import type { OperationHost } from './host.js'

/** See `Pool.filter`. */
export function filter(
  pool: OperationHost,
  items: unknown,
  fn: unknown,
  options: unknown,
): Promise<unknown> {
  const input = itemList(items)
  const checked = checkFilterOptions(options)
  const handle = pool.functions.handleOf(fn, checked)
  pool.life.assertOpen()
  return pool.submission.batch<unknown>({
    operation: Operation.Filter,
    fn: handle,
    items: input,
    options: checked,
    results: new FilterResults(input),
  })
}

/** The items for which the function gave something truthy. */
class FilterResults implements Results<unknown[] | ElementArray> {
  readonly #mask: Uint8Array

  constructor(private readonly items: ItemList) {
    this.#mask = new Uint8Array(items.length)
  }

  keep(block: ResultBlock): void {
    const { bytes, offset, length, first, count } = block
    expectSize(block, length, count)
    this.#mask.set(bytes.subarray(offset, offset + length), first)
  }

  replace(index: number, value: unknown): void {
    this.#mask[index] = value ? 1 : 0
  }

  value(): unknown[] | ElementArray {
    const mask = this.#mask
    const { items } = this
    assertUnchanged(items)
    if (!isPlain(items)) return pickElements(items, (i) => mask[i] === 1)
    const kept: unknown[] = []
    for (let i = 0; i < mask.length; i++) if (mask[i] === 1) kept.push(items.list[i])
    return kept
  }

  valueAt(has: (index: number) => boolean): unknown[] | ElementArray {
    for (let i = 0; i < this.#mask.length; i++) if (!has(i)) this.#mask[i] = 0
    return this.value()
  }
}
