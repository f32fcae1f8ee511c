import type { CallContext, CallOperation } from '../interceptors/context.js'
import type { CallTimes } from './attempt-times.js'
import type { CallEnd, CallFacts } from './envelope.js'

/** A call that has ended: what its envelope tells, or would, but for what went in, came out, and was logged. */
export interface CallEvent
  extends Omit<CallEnd, 'data'>, Omit<CallFacts, 'logs' | 'logsOmitted' | 'timing'> {
  /** The method that was called. */
  readonly operation: CallOperation
  /** On whose behalf the function ran. */
  readonly tenant: string | undefined
  /** Where its time went; of `patch` and `stream`, whose parts wait and run side by side, only `total`. */
  readonly timing: Pick<CallTimes, 'total'> & Partial<CallTimes>
}

/** Tells those who listen of a call that has ended. */
export type TellCall = (event: CallEvent) => void

export function callEvent(
  { operation, tenant }: CallContext,
  { ok, status, code, error, fault }: Omit<CallEnd, 'data'>,
  facts: Omit<CallFacts, 'logs' | 'logsOmitted'>,
): CallEvent {
  const { total } = facts.timing
  const hasParts = operation === 'patch' || operation === 'stream'
  return {
    operation,
    ok,
    status,
    code,
    error,
    fault,
    function: facts.function,
    version: facts.version,
    linkHash: facts.linkHash,
    revision: facts.revision,
    callId: facts.callId,
    traceId: facts.traceId,
    tenant,
    attempts: facts.attempts,
    trigger: facts.trigger,
    timing: hasParts ? { total } : facts.timing,
    worker: facts.worker,
  }
}
