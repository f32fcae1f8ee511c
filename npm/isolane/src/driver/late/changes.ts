import { ArrayIsArray } from '../../codec/shared/primordials.js'
import type { DifferingCodec } from '../../differ/differing-codec.js'
import type { ElementArray } from '../../protocol.js'
import { NoDifference } from '../failure.js'
import { isThenable, type UserFunction } from '../folding.js'

/** What a function changes in the items of a chunk. */
export class Changes {
  /** @param before the items once more, which no function sees; `after`: those that it is given */
  constructor(
    private readonly codec: DifferingCodec,
    private readonly before: ArrayLike<unknown>,
    private readonly after: unknown[] | ElementArray,
    private readonly first: number,
  ) {}

  /** `fn`, but for its result: what has changed, unless it is a promise. */
  told(fn: UserFunction): UserFunction {
    return (item, index, context) => {
      const result = fn(item, index, context)
      if (typeof result === 'object' && result !== null && isThenable(result)) return result
      return this.at((index as number) - this.first, result)
    }
  }

  /**
   * What has changed in an item to what the function returned for it; in the item itself, where that is
   * nothing.
   */
  readonly at = (index: number, returned: unknown): unknown => {
    const after = returned === undefined ? this.after[index] : returned
    const changes = this.codec.changes(this.before[index], after)
    if (!ArrayIsArray(changes)) throw new NoDifference(changes)
    return changes
  }
}
