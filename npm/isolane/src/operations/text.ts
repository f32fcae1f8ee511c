/** Items and results of calls that are JSON text. */

import { isAllOrNothing } from '../jobs/batch.js'
import type { Results } from '../jobs/results.js'
import { JoinedResults, TextPieces } from '../jobs/text-results.js'
import type { BatchOptions, OutcomeOptions } from '../options/call.js'
import { CODEC, SETTLED } from '../protocol.js'
import { itemList, type ItemList } from '../values/items.js'
import {
  isTextInput,
  textInput,
  textKind,
  type TextFormat,
  type TextInput,
} from '../values/text.js'

/** The items of a call, as its option `from` says. */
export function itemsOf(items: unknown, { from }: BatchOptions): ItemList | TextInput {
  return from === undefined ? itemList(items) : textInput('items', items, from)
}

/** The kind of a single result. */
export function outputOf(into: TextFormat | undefined): number {
  return into === undefined ? CODEC : textKind(into)
}

/** What a call does with results that are to be text. */
export interface TextOutput {
  outputKind: number
  results: Results<Buffer>
}

/** How the results of a call become text of a format. */
export function textOutput(
  into: TextFormat,
  options: OutcomeOptions,
  items: ItemList | TextInput,
  isFilter: boolean,
): TextOutput {
  const kind = textKind(into)
  if (isAllOrNothing(options)) return { outputKind: kind, results: new JoinedResults() }
  const outputKind = options.onError === 'settle' ? kind | SETTLED : kind
  const text = isTextInput(items) ? items : undefined
  return { outputKind, results: new TextPieces(outputKind, text, isFilter) }
}
