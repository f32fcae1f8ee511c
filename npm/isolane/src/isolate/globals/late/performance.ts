import { DateNow, SymbolToStringTag } from '../../../codec/shared/primordials.js'
import type { GlobalsHost } from '../host.js'

/** The global `performance`, as far as isolates have it: the time. */
export function performanceObject({ extra }: GlobalsHost): object {
  const timeOrigin = DateNow()
  const origin = extra.now()
  return {
    timeOrigin,
    now: () => extra.now() - origin,
    toJSON: () => ({ timeOrigin }),
    [SymbolToStringTag]: 'Performance',
  }
}
