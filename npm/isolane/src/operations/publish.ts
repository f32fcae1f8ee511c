import { functionPublished, traced } from '../calls/channels.js'
import { checkFunction } from '../functions/publish-check.js'
import { PublishedFunction, type Publisher } from '../functions/published.js'
import { expressionOf, type AnyFunction, type FunctionSource } from '../functions/source.js'
import type { PublishOptions } from '../options/call.js'
import { checkText } from '../options/check.js'
import { Operation } from '../protocol.js'
import type { OperationHost } from './host.js'

/** See `Pool.publish`. */
export async function publish<F extends AnyFunction>(
  pool: OperationHost,
  name: string,
  fn: FunctionSource<F>,
  options: PublishOptions | undefined,
): Promise<PublishedFunction<F>> {
  pool.life.assertOpen()
  checkText('name', name)
  const published = new PublishedFunction<F>(publisher(pool), name)
  pool.names.add(published)
  try {
    await published.update(fn, options)
    return published
  } catch (error) {
    published.dispose()
    throw error
  }
}

function publisher({ functions, life, names, submission }: OperationHost): Publisher {
  return {
    read: (fn) => expressionOf(fn, functions),
    check: (name, version, rules) => checkFunction(name, version, rules, functions.engine),
    load: async (version, limits) => {
      // A worker compiles and evaluates the source, or imports the module, and calls nothing.
      await functions.read(version)
      const call = submission.call(functions.handleOfKnown(version, limits), limits)
      await traced(call, 'publish', () => submission.single(Operation.Map, call, ONE_HOLE, limits))
      return call
    },
    announce: (message) => {
      if (!functionPublished.hasSubscribers) return
      functionPublished.publish({ pool: submission.defaults.name, ...message() })
    },
    inPhases: (phases) => life.inPhases(phases),
    withdraw: (name) => names.delete(name),
  }
}

/** Items for which no function is called. */
const ONE_HOLE: readonly unknown[] = new Array(1)
