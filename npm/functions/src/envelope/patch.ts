import type {
  FunctionOfModules,
  ItemFailure,
  MapOptions,
  PatchOptions,
  PatchOutcome,
  PatchTask,
  Pool,
} from 'isolane'

import type { Runnables } from '../calls/runnables.js'
import { wrong } from '../errors/errors.js'
import { checkReference } from '../names/name.js'
import type { CallTimes } from './attempt-times.js'
import { Attempts, type Given, type Look } from './attempts.js'
import { allCompleted, type Envelope } from './envelope.js'
import { EnvelopedCall, type EnvelopeHost, versionOf } from './enveloped-call.js'
import { checkEnvelopeOptions, type EnvelopeOptions, type EnvelopeSettings } from './options.js'

/** One of the functions that `functions.patch` calls. */
export interface NamedTask extends Omit<PatchTask, 'fn'> {
  /** Its name, or `name@3`. */
  fn: string
}

/** Options of `functions.patch`: those of `pool.patch`, and of envelopes. */
export interface EnvelopePatchOptions extends PatchOptions, EnvelopeOptions {}

/** The target with all changes, and what these were. */
export type PatchedData<T> = Omit<PatchOutcome<T>, 'failures'>

/** What a task has run. */
export interface PatchTaskFacts {
  /** Name of the function, without a version. */
  readonly function: string
  readonly version: number | undefined
  readonly linkHash: string | undefined
}

/** What `functions.patch` gives. */
export interface PatchEnvelope<T = any> extends Omit<
  Envelope<PatchedData<T>>,
  'timing' | 'worker'
> {
  /** Milliseconds from the call to its end: the tasks wait and run side by side. */
  readonly timing: Pick<CallTimes, 'total'>
  /** Tasks that failed or ran out of time, by their indexes: they have changed nothing. All are listed. */
  readonly failures: readonly ItemFailure[]
  /** Tasks that were gone through, those that failed among them: all, or of a call that has failed as a whole none. */
  readonly completed: number
  /** What each task has run. */
  readonly tasks: readonly PatchTaskFacts[]
}

/** A task beside its function. */
type Rest = Omit<NamedTask, 'fn'>

/** Of a call that has functions change one value. */
class PatchAttempts extends Attempts {
  readonly #tasks: readonly Rest[]

  constructor(
    runnables: Runnables,
    name: string,
    look: Look,
    settings: EnvelopeSettings,
    tasks: readonly Rest[],
  ) {
    super(runnables, name, look, settings)
    this.#tasks = tasks
  }

  protected override async run(
    pool: Pool,
    fns: readonly FunctionOfModules[],
    target: unknown,
    options: MapOptions,
  ): Promise<Given> {
    const tasks = fns.map((fn, i) => ({ ...this.#tasks[i], fn }))
    const { failures, ...data } = await pool.patch(target, tasks, options as PatchOptions)
    return { data, counts: { ...allCompleted(tasks.length), failures } }
  }
}

/** Several functions change one value, as `FunctionCalls.patch` has it. */
export async function envelopedPatch(
  host: EnvelopeHost,
  target: unknown,
  tasks: unknown,
  options: unknown,
): Promise<PatchEnvelope> {
  const settings = checkEnvelopeOptions(options, true)
  const given = checkTasks(tasks)
  const keys = given.map(({ fn }) => fn)
  const names = keys.map((key, i) => checkReference(key, `tasks[${i}].fn`).name)
  const look = () => host.runnables.findInRevision(keys)
  const attempts = new PatchAttempts(host.runnables, keys.join(', '), look, settings, given)
  const call = new EnvelopedCall(host, 'patch', names, target, settings, attempts)
  const { timing, worker: _, ...envelope } = await call.envelope()
  const ran = attempts.found?.linked
  const facts = names.map((name, i) => ({
    function: name,
    version: versionOf(ran?.[i]),
    linkHash: ran?.[i]?.linkHash,
  }))
  const { total } = timing
  return { ...envelope, timing: { total }, tasks: facts }
}

/** Copies, of which the pool looks at what is not the function. */
function checkTasks(tasks: unknown): NamedTask[] {
  if (!Array.isArray(tasks)) throw wrong('tasks', 'an array of { fn, args?, paths? }', tasks)
  return Array.from(tasks, (task: unknown, i) => {
    if (typeof task !== 'object' || task === null) {
      throw wrong(`tasks[${i}]`, '{ fn, args?, paths? }', task)
    }
    return { ...(task as NamedTask) }
  })
}
