/** What a round found. */
import { inspect } from 'node:util'

export class Finding extends Error {
  /**
   * @param {string} kind
   * @param {string} detail
   */
  constructor(kind, detail) {
    super(detail)
    this.kind = kind
  }
}

/** Whether an error is one of the library's own. */
export const isTyped = (error) =>
  error instanceof Error && `${error.code}`.startsWith('ERR_ISOLANE_')

export const shown = (value) =>
  inspect(value, { depth: 3, maxStringLength: 300, maxArrayLength: 10 }).slice(0, 1500)
