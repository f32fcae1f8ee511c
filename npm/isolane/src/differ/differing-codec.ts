import { Codec } from '../codec/codec.js'
import { Patching, type EncodedValue } from './late/patching.js'
import { changesOf } from './late/telling.js'
import type { DiffRefusal, DiffScope, PatchOperation } from './operation.js'

const WHOLE: DiffScope = [undefined, undefined]

/** What drivers need of values: to read, write and compare them. */
export class DifferingCodec extends Codec {
  /** Makes a function's own copy of a value that is given encoded, and tells afterwards what has changed in it. */
  patching(target: EncodedValue, scope: DiffScope): Patching {
    return new Patching(this, target, scope)
  }

  /** What changed from one value to another, arrays by index; or why that cannot be told. */
  changes(before: unknown, after: unknown): PatchOperation[] | DiffRefusal {
    return changesOf(before, after, WHOLE)
  }
}
