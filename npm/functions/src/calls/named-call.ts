import type { CallOptions, FunctionOfModules } from 'isolane'

import type { TellCall } from '../envelope/call-event.js'
import { isRefusal } from '../envelope/faults.js'
import { wrong } from '../errors/errors.js'
import { CallContext, type CallOperation, copyOf } from '../interceptors/context.js'
import { around, type Interceptors } from '../interceptors/interceptors.js'
import { checkReference } from '../names/name.js'
import { CallReport } from './call-report.js'
import type { InRevision, Runnables } from './runnables.js'

/** What calls of the pool's are made with. */
export interface NamedCallHost {
  readonly runnables: Runnables
  readonly interceptors: Interceptors
  /** Where somebody listens. */
  readonly tell: TellCall | undefined
}

/** One of the pool's calls, for functions that have been found. */
export type PoolCall<R> = (
  fns: readonly FunctionOfModules[],
  input: unknown,
  options: CallOptions | undefined,
) => Promise<R>

/** Makes a call of the pool's by names, with what runs around it, and tells of it. */
export async function namedCall<R>(
  { runnables, interceptors, tell }: NamedCallHost,
  operation: CallOperation,
  keys: readonly string[],
  input: unknown,
  options: CallOptions | undefined,
  call: PoolCall<R>,
): Promise<R> {
  const began = performance.now()
  const names = keys.map((key) => checkReference(key).name)
  const own = copyOf(options)
  const look = runnables.unlessStopped(runnables.findInRevision(keys), names[0]!, own)
  const found = await look.catch((error: unknown) => ({ error }))
  if ('error' in found && isRefusal(found.error)) throw found.error
  const { revision } = runnables
  const ran: InRevision = 'error' in found ? { linked: [], revision } : found
  const version = ran.linked[0]?.record.version
  const context = new CallContext(operation, names[0]!, version, input, own, 'api')
  const report = tell && new CallReport(tell, began, context, names.join(', '), ran)
  try {
    const data = await around(interceptors.of(names), context, async () => {
      if ('error' in found) throw found.error
      const fns = ran.linked.map(({ runnable }) => runnable)
      const given = (await runnables.withData(context.poolOptions, ...fns))!
      const ask = (asked: CallOptions): Promise<R> => call(fns, context.input, asked)
      return report === undefined ? ask(given) : report.attempt(ask, given)
    })
    if (operation === 'stream') {
      const results = checkIterable(data as Iterable<unknown>)
      return (report === undefined ? results : report.following(results)) as R
    }
    report?.succeeded()
    return data as R
  } catch (thrown) {
    report?.failed(thrown)
    throw thrown
  }
}

/** Interceptors may have put something else in the place of the results. */
function checkIterable<T extends object>(results: T): T {
  const { [Symbol.asyncIterator]: later, [Symbol.iterator]: now } = Object(results ?? {})
  if (typeof (later ?? now) === 'function') return results
  throw wrong(
    'what interceptors give of a stream',
    'what next() gives, or another iterable',
    results,
  )
}
