import type { ArraySink } from '../array.js'
import { Token } from '../../shared/format.js'

/** What is left of a payload of items when one of them could not be written. */
interface CutSink extends ArraySink {
  completeRows(): void
}

/** The index of the item that was being written, of items from `start` on. */
export function failedItem(sink: ArraySink, start: number): number {
  const { itemColumn: column, itemAt } = sink
  if (column === undefined) return itemAt
  return column.at === -1 ? start + column.count + column.missing : column.at
}

/**
 * Ends the array before item `index`. What that item has left in the streams stays there, behind all
 * that is read: to undo it, each column would have to note where each item begins.
 */
export function cutItems(sink: CutSink, start: number, index: number): void {
  const { out, itemColumn: column, itemCountAt: at } = sink
  if (column === undefined) out.bytes[at] = Token.ShortArray + index - start
  else out.putU32(at, index - start - column.missing)
  sink.completeRows()
}
