/** Which engines this build has, and which one a pool gets. */

import { EngineUnavailableError, InvalidTypeError } from '../errors/errors.js'
import { ask } from '../addon/failure.js'
import { binding } from '../addon/native.js'
import type { PoolOptions } from '../options/pool.js'
import type { Engine } from '../protocol.js'
// Set-up prints the same words when it builds without V8.
import advice from './v8-advice.json'

/**
 * Engines that this build has, the one that `engine: 'auto'` takes first. Loads the addon.
 *
 * @throws {EngineUnavailableError} where the addon cannot be loaded
 */
export function engines(): Engine[] {
  const addon = binding()
  return ask('name its engines', () => addon.engines())
}

/**
 * The engine of a pool with these options.
 *
 * @throws {InvalidTypeError} for options that contradict each other
 * @throws {EngineUnavailableError} where this build lacks the engine
 */
export function chooseEngine(options: PoolOptions): Engine {
  const chosen = choose(options)
  const other = chosen === 'v8' ? 'node' : 'v8'
  for (const name of OPTIONS_OF[other]) {
    if (options[name] === undefined) continue
    throw new InvalidTypeError(
      `${name} is an option of engine '${other}', and this pool has engine '${chosen}'; pass engine: '${other}'`,
    )
  }
  assertHeld(chosen, options)
  return chosen
}

/** Refuses what the Workers of this host do not hold: nobody would notice. */
function assertHeld(engine: Engine, { memoryLimitMb }: PoolOptions): void {
  const { bun } = process.versions
  if (bun === undefined || engine !== 'node' || memoryLimitMb === undefined) return
  throw new InvalidTypeError(
    `memoryLimitMb is not held by Workers of Bun ${bun}, so engine 'node' cannot limit memory here; ` +
      `got ${memoryLimitMb}. Leave it out, pass engine: 'v8', or run this in Node`,
  )
}

/** Options that one engine has and the other has not. */
const OPTIONS_OF = {
  node: ['concurrency', 'spareWorkers'],
  v8: ['recycleAfterTasks', 'recycleAboveMb', 'watch'],
} as const

function choose({ engine = 'auto', sandbox = false }: PoolOptions): Engine {
  if (sandbox) {
    if (engine === 'node') {
      throw new InvalidTypeError(`sandbox: true needs engine 'v8' or 'auto'; got 'node'`)
    }
    // A function that was to be shut in must never run where it has all of Node.
    return assertAvailable('v8', 'sandbox: true does not fall back to another. ')
  }
  return assertAvailable(engine === 'auto' ? (engines()[0] ?? 'v8') : engine)
}

function assertAvailable(engine: Engine, remark = ''): Engine {
  const available = engines()
  if (available.includes(engine)) return engine
  const others = available.length === 0 ? 'it has none' : `it has: ${available.join(', ')}`
  const wayOut = engine === 'v8' ? `To get it: ${advice.toGetIt}` : ''
  throw new EngineUnavailableError(
    `This build of isolane has no ${engine} engine; ${others}. ${remark}${wayOut}`.trimEnd(),
  )
}
