import { expectSize } from '../jobs/answers.js'
import type { ResultBlock, Results } from '../jobs/results.js'
import { ParsedItems } from '../jobs/text-results.js'
import { traced } from '../calls/channels.js'
import { checkFilterOptions, type FilterOptions } from '../options/call.js'
import { Operation, TextKind, type ElementArray } from '../protocol.js'
import { assertUnchanged, isPlain, pickElements, type ItemList } from '../values/items.js'
import { isTextInput, type TextInput } from '../values/text.js'
import type { OperationHost } from './host.js'
import { itemsOf, textOutput } from './text.js'

/** See `Pool.filter`. */
export function filter(
  pool: OperationHost,
  items: unknown,
  fn: unknown,
  options: unknown,
): Promise<unknown> {
  const checked = checkFilterOptions(options)
  const input = itemsOf(items, checked)
  const handle = pool.functions.handleOf(fn, checked)
  pool.life.assertOpen()
  const call = pool.submission.call(handle, checked)
  const batch = {
    operation: Operation.Filter,
    call,
    items: input,
    options: checked,
    ...filterOutput(checked, input),
  }
  return traced(call, 'filter', () => pool.submission.batch<unknown>(batch))
}

/** What comes back of a filter: one bit for an item, or where the items are text that of those that stay. */
function filterOutput(
  options: FilterOptions,
  input: ItemList | TextInput,
): { outputKind?: number; results: Results<unknown> } {
  const { into } = options
  if (into !== undefined) return textOutput(into, options, input, true)
  if (!isTextInput(input)) return { results: new FilterResults(input) }
  return { outputKind: TextKind.Json, results: new ParsedItems(input) }
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
