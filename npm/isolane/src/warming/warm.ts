import { traced } from '../calls/channels.js'
import type { Call } from '../calls/call.js'
import { named } from '../calls/call.js'
import { InvalidRangeError } from '../errors/errors.js'
import { isArray, wrongType } from '../errors/invalid.js'
import type { OperationHost } from '../operations/host.js'
import { checkWarmOptions, type WarmOptions } from '../options/call.js'
import { Operation } from '../protocol.js'
import { WarmUpError } from './errors.js'
import { WarmUp } from './warm-up.js'
import { Group, type Portion, type WarmUps } from './warm-ups.js'

/** What warming uses of its pool. */
export interface WarmingHost extends OperationHost {
  readonly warmUps: WarmUps
}

/** See `Pool.warm`. */
export async function warm(
  pool: WarmingHost,
  functions: unknown,
  options: unknown,
): Promise<WarmUp> {
  const checked = checkWarmOptions(options)
  if (!isArray('functions', functions)) {
    throw wrongType('functions', 'an array of functions', functions)
  }
  const portions = portionsOf(functions.length, checked)
  const found = Array.from(functions, (fn, i) =>
    pool.functions.handleOnceRead(fn, checked, `functions[${i}]`),
  )
  return pool.life.inPhases(async () => {
    const handles = await Promise.all(found.map((handle) => handle()))
    const names = handles.map(({ name }) => name)
    const all = { key: 0, name: names.join(', '), tenant: checked.tenant }
    const call = pool.submission.call(all, checked)
    const jobs: Begun[] = handles.flatMap((fn, i) => {
      const group = new Group()
      return portions[i]!.map((portion) => ({
        call: call.part(fn, checked.signal),
        portion,
        group,
      }))
    })
    return traced(call, 'warm', async () => {
      return new WarmUp(await begin(pool, call, jobs, checked), names)
    })
  })
}

interface Begun {
  call: Call
  portion: Portion
  group: Group
}

/** Has all workers run everything. Gives what takes it back. */
async function begin(
  { warmUps }: WarmingHost,
  call: Call,
  jobs: readonly Begun[],
  options: WarmOptions,
): Promise<() => void> {
  const begun: number[] = []
  const forget = (stop: boolean) => begun.forEach((job) => warmUps.forget(job, stop))
  try {
    const runs = jobs.map(async (job) =>
      warmUps.begin(job.call, job.portion, job.group, options, (id) => begun.push(id)),
    )
    const failures = (await Promise.all(runs)).flat()
    if (failures.length > 0) throw named(new WarmUpError(failures), call)
    return () => forget(false)
  } catch (error) {
    forget(true)
    throw error
  }
}

/** Items for which no function is called. */
const HOLE: readonly unknown[] = new Array(1)

/** What each function is run over. */
function portionsOf(
  functions: number,
  { samples = [], as = 'map' }: WarmOptions,
): readonly Portion[][] {
  if (samples.length > functions) {
    throw new InvalidRangeError(
      `options.samples has samples for ${samples.length} functions, and there are ${functions}`,
    )
  }
  return Array.from({ length: functions }, (_, i) => {
    const given = samples[i]
    const list = given === undefined ? [] : Array.isArray(given) ? given : [given]
    const root = `samples[${i}]`
    if (list.length === 0) {
      return [{ operation: Operation.Map, samples: HOLE, root, first: -1 }]
    }
    if (as === 'map') return piecesOf(list, functions, root)
    return list.map((sample: unknown, first: number) => ({
      operation: Operation.Run,
      samples: [sample],
      root: `${root}[${first}]`,
      first,
    }))
  })
}

/** Pieces of the samples of one function, and of all functions together, at most. */
const PIECES = 48
const ALL_PIECES = 4096

/**
 * Samples in pieces: what runs once for each chunk, of the way of a call, gets as warm as the function
 * only if there are many. Holes keep the places, and no function is called for them.
 */
function piecesOf(list: readonly unknown[], functions: number, root: string): Portion[] {
  const most = Math.max(1, Math.min(PIECES, Math.floor(ALL_PIECES / functions)))
  const size = Math.ceil(list.length / most)
  const pieces: Portion[] = []
  for (let start = 0; start < list.length; start += size) {
    const end = Math.min(start + size, list.length)
    const samples: unknown[] = new Array(end)
    for (let i = start; i < end; i++) if (i in list) samples[i] = list[i]
    pieces.push({ operation: Operation.Map, samples, root, first: -1 })
  }
  return pieces
}
