import { wrong } from '../errors/errors.js'
import type { Envelope } from './envelope.js'

/** What an answer over HTTP says of a call, beside its data. */
export interface HttpHead {
  status: number
  headers: Record<string, string>
}

const STATUSES = new Map([
  ['ERR_ISOLANE_INVALID_ARGUMENT', 400],
  ['ERR_ISOLANE_INVALID_JSON', 400],
  ['ERR_ISOLANE_ITEM', 400],
  ['ERR_ISOLANE_FUNCTION_NOT_FOUND', 404],
  ['ERR_ISOLANE_VERSION_NOT_FOUND', 404],
  ['ERR_ISOLANE_VERSION_CONFLICT', 409],
  ['ERR_ISOLANE_IN_USE', 409],
  ['ERR_ISOLANE_PATCH_CONFLICT', 409],
  ['ERR_ISOLANE_ITEM_TOO_LARGE', 413],
  ['ERR_ISOLANE_CHECK_FAILED', 422],
  ['ERR_ISOLANE_SOURCE', 422],
  ['ERR_ISOLANE_MODULE_CYCLE', 422],
  ['ERR_ISOLANE_MODULE_NOT_FOUND', 422],
  ['ERR_ISOLANE_DEPENDENT', 422],
  ['ERR_ISOLANE_QUEUE_FULL', 429],
  ['ERR_ISOLANE_ABORTED', 499],
  ['ERR_ISOLANE_STACK_OVERFLOW', 500],
  ['ERR_ISOLANE_FALLBACK', 500],
  ['ERR_ISOLANE_QUEUE_TIMEOUT', 504],
  ['ERR_ISOLANE_TIMEOUT', 504],
])

/**
 * The status and headers of an answer that tells of a call over HTTP. What an interceptor threw with a `status`
 * of 400 to 599, as errors of koa and express have it, has that one.
 *
 * @param envelope of any call
 * @throws {InvalidArgumentError} `ERR_ISOLANE_INVALID_ARGUMENT`: it is none
 */
export function toHttp(envelope: Omit<Envelope, 'timing' | 'worker'>): HttpHead {
  checkEnvelope(envelope)
  const { ok, status, code, function: name, version, callId } = envelope
  const headers: Record<string, string> = {
    'isolane-call-id': inHeader(callId),
    'isolane-function': version === undefined ? name : `${name}@${version}`,
  }
  if (status !== 'ok') headers['isolane-status'] = status
  if (!ok) headers['isolane-code'] = inHeader(code)
  return { status: ok ? 200 : statusOf(envelope), headers }
}

function checkEnvelope(value: unknown): void {
  const { callId, code, function: name } = Object(value ?? {}) as Record<string, unknown>
  if ([callId, code, name].every((each) => typeof each === 'string')) return
  throw wrong('envelope', 'what call, callAll, debug or patch resolves with', value)
}

function statusOf({ code, fault, error }: Pick<Envelope, 'code' | 'fault' | 'error'>): number {
  const known = STATUSES.get(code)
  if (known !== undefined) return known
  if (code.startsWith('ERR_ISOLANE_') && code !== 'ERR_ISOLANE_HOST') {
    if (fault === 'platform') return 503
    return fault === 'caller' ? 400 : 500
  }
  // Of one that comes from JSON there may be none.
  const { status } = (error ?? {}) as { status?: unknown }
  const isStatus = Number.isInteger(status) && (status as number) >= 400 && (status as number) < 600
  return isStatus ? (status as number) : 500
}

/** Ids of calls may be any text. */
function inHeader(text: string): string {
  return /^[\x21-\x7e]+$/.test(text) ? text : encodeURIComponent(Buffer.from(text).toString())
}
