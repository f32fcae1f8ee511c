/** Pieces of error messages. */

/** ` at item 17`, or nothing for a call without items. */
export function atItem(index: number | undefined): string {
  return index === undefined ? '' : ` at item ${index}`
}
