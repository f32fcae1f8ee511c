/**
 * Whose fault it is that a call failed: the function's author's, the caller's (or that of code around the call),
 * or that of what runs it.
 */
export type Fault = 'function' | 'caller' | 'platform'

/** The code of an error that has none of its own: what code of the host's threw around the call. */
export const HOST_CODE = 'ERR_ISOLANE_HOST'

const FUNCTION = new Set([
  'ERR_ISOLANE_FUNCTION',
  'ERR_ISOLANE_NEVER_SETTLES',
  'ERR_ISOLANE_TIMEOUT',
  'ERR_ISOLANE_MEMORY_LIMIT',
  'ERR_ISOLANE_RESULT_TOO_LARGE',
  'ERR_ISOLANE_SOURCE',
  'ERR_ISOLANE_MODULE',
  'ERR_ISOLANE_MODULE_CYCLE',
  'ERR_ISOLANE_MODULE_NOT_FOUND',
  'ERR_ISOLANE_CHECK_FAILED',
])

const PLATFORM = new Set([
  'ERR_ISOLANE_QUEUE_FULL',
  'ERR_ISOLANE_QUEUE_TIMEOUT',
  'ERR_ISOLANE_WORKER_LOST',
  'ERR_ISOLANE_POOL_CLOSED',
  'ERR_ISOLANE_ENGINE_UNAVAILABLE',
  'ERR_ISOLANE_STORE_UNAVAILABLE',
  'ERR_ISOLANE_STORE_CORRUPT',
  'ERR_ISOLANE_DATA_UNAVAILABLE',
  'ERR_ISOLANE_BAD_PAYLOAD',
])

/** What was asked for wrongly: no attempt would help, and no envelope tells of it. */
const REFUSALS = ['ERR_ISOLANE_INVALID_ARGUMENT', 'ERR_ISOLANE_REGISTRY_CLOSED']

/** Whether an error is of a call that was asked for wrongly, so that it rejects. */
export function isRefusal(error: unknown): boolean {
  return REFUSALS.includes(codeOf(error))
}

/** The code of an error. */
export function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null | undefined)?.code
  return typeof code === 'string' && code !== '' ? code : HOST_CODE
}

/** Whose fault an error is. */
export function faultOf(error: Error): Fault {
  const code = codeOf(error)
  if (FUNCTION.has(code)) return 'function'
  // It could not be stopped at its timeout.
  if (code === 'ERR_ISOLANE_WORKER_LOST' && codeOf(error.cause) === 'ERR_ISOLANE_TIMEOUT') {
    return 'function'
  }
  if (PLATFORM.has(code)) return 'platform'
  if (code === 'ERR_ISOLANE_NOT_CLONEABLE') {
    const { path } = error as { path?: unknown }
    return String(path).startsWith('result') ? 'function' : 'caller'
  }
  return 'caller'
}
