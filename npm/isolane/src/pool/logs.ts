import type { WatchedCall } from '../addon/call-name.js'
import { RealDate } from '../addon/timers.js'
import type { LogEntry } from '../addon/log-entry.js'
import type { PoolInfo } from '../calls/call.js'
import { authorsPlace } from '../calls/places.js'
import type { LogRecord } from '../protocol.js'

/** Entries of the records that one chunk logged. */
export function logEntries(
  records: LogRecord[],
  fn: string,
  worker: number,
  call: WatchedCall | undefined,
  pool: PoolInfo,
): LogEntry[] {
  return records.map(([level, message, time, item, place]) => ({
    level,
    message,
    time: new RealDate(time),
    function: fn,
    callId: call?.callId,
    tenant: call?.tenant,
    worker,
    item: item < 0 ? undefined : item,
    place: authorsPlace(place, pool, call?.maps),
  }))
}
