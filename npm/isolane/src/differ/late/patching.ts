import { JSONParse } from '../../codec/shared/primordials.js'
import type { Codec } from '../../codec/codec.js'
import type { DiffRefusal, DiffScope, PatchOperation } from '../operation.js'
import { changesOf } from './telling.js'

/** JSON text, or what the codec wrote. */
export type EncodedValue = string | Uint8Array

/** What one function changes in a copy of a value that stays as it is. */
export class Patching {
  /** The function's own. */
  readonly copy: unknown
  private readonly original: unknown

  constructor(
    codec: Codec,
    target: EncodedValue,
    private readonly scope: DiffScope,
  ) {
    this.original = decoded(codec, target)
    this.copy = decoded(codec, target)
  }

  /** What changed from the original to what the function returned; to the copy, where that is nothing. */
  changes(returned: unknown): PatchOperation[] | DiffRefusal {
    const after = returned === undefined ? this.copy : returned
    return changesOf(this.original, after, this.scope)
  }
}

function decoded({ decoder }: Codec, value: EncodedValue): unknown {
  return typeof value === 'string' ? JSONParse(value) : decoder.decode(value)
}
