import { AbortController } from '../addon/globals.js'
import type { DiffRefusal, PatchOperation } from '../differ/operation.js'
import { named, type Call } from '../calls/call.js'
import { traced } from '../calls/channels.js'
import { AbortError, InvalidTypeError, TimeoutError } from '../errors/errors.js'
import { isArray, wrongType } from '../errors/invalid.js'
import type { FunctionHandle } from '../functions/handles.js'
import { changed, NO_OPTIONS } from '../options/check.js'
import type { ItemFailure } from '../options/outcome.js'
import { applyTree } from '../patch/apply-tree.js'
import { ChangeTree } from '../patch/change-tree.js'
import { conflictError, patchError, PatchError } from '../patch/errors.js'
import { checkPatchOptions, checkPaths, uncovered } from '../patch/options.js'
import type { PatchOptions, PatchOutcome, PatchTask } from '../patch/task.js'
import { Operation } from '../protocol.js'
import { onAbort } from '../calls/abort.js'
import { isOwnFailure } from '../jobs/on-error.js'
import { SharedValue } from '../values/shared.js'
import type { OperationHost } from './host.js'

const TASK_KEYS = ['fn', 'args', 'paths']

/** A task, before it is called. */
interface Checked {
  fn: FunctionHandle
  args: unknown
  paths: PatchTask['paths']
}

/** What a task came to. */
type Ending = { operations: PatchOperation[] } | { error: Error }

/** See `Pool.patch`. */
export async function patch<T>(
  pool: OperationHost,
  target: T,
  tasks: unknown,
  options: unknown,
): Promise<PatchOutcome<T>> {
  const checked = checkPatchOptions(options)
  const list = checkTasks(pool, tasks, checked)
  pool.life.assertOpen()
  const name = list.map(({ fn }) => fn.name).join(', ')
  const call = pool.submission.call({ key: 0, name, tenant: checked.tenant }, checked)
  return traced(call, 'patch', () => merged(pool, call, target, list, checked))
}

/** Calls all tasks, and merges what comes of them. */
async function merged<T>(
  pool: OperationHost,
  call: Call,
  target: T,
  list: readonly Checked[],
  options: PatchOptions,
): Promise<PatchOutcome<T>> {
  const { onConflict = 'last' } = options
  const tree = new ChangeTree(onConflict === 'reject' ? 'last' : onConflict)
  const failures: ItemFailure[] = []
  const ended = (task: number, ending: Ending) => {
    if ('operations' in ending) tree.add(ending.operations, task)
    else if (isFatal(ending.error, options)) throw ending.error
    else failures.push({ index: task, error: ending.error })
  }
  await pool.life.inPhases(() => each(pool, call, target, list, options, ended))
  const { conflicts } = tree
  if (onConflict === 'reject' && conflicts.length > 0) throw named(conflictError(conflicts), call)
  failures.sort((a, b) => a.index - b.index)
  return {
    value: applyTree(target, tree.root) as T,
    applied: tree.operations(),
    conflicts,
    failures,
  }
}

/** Calls all tasks, and tells how each ended, in the order in which they return. */
async function each(
  pool: OperationHost,
  call: Call,
  target: unknown,
  tasks: readonly Checked[],
  options: PatchOptions,
  ended: (task: number, ending: Ending) => void,
): Promise<void> {
  if (tasks.length === 0) return
  const { key, onConflict: _, onError: __, onTimeout: ___, shared = [], signal, ...calls } = options
  if (signal?.aborted === true) throw named(new AbortError(signal.reason), call)
  const original = await SharedValue.target(pool.shared, target)
  const rest = new AbortController()
  const done = signal && onAbort(signal, () => rest.abort(signal.reason))
  const all = changed(NO_OPTIONS, { ...calls, shared: [...shared, original], signal: rest.signal })
  try {
    await Promise.all(
      tasks.map(async ({ fn, args, paths }, task) => {
        const own = args === undefined ? all : changed(all, { args })
        const part = call.part(fn, rest.signal)
        const answer = pool.submission.single(Operation.Patch, part, [key, paths], own)
        const ending = await answer.then(endingOf, (error: Error) => ({ error }))
        // The call has failed by another task.
        if (!rest.signal.aborted || signal?.aborted === true) ended(task, ending)
      }),
    )
  } catch (error) {
    rest.abort(error)
    throw error
  } finally {
    done?.()
    original.dispose()
  }
}

function endingOf(answer: unknown): Ending {
  if (Array.isArray(answer)) return { operations: answer as PatchOperation[] }
  const { path, why } = answer as DiffRefusal
  return { error: patchError(path, why) }
}

/** Whether it ends the call: it is not about one task, or options say so. */
function isFatal(error: Error, { onError = 'omit', onTimeout = 'partial' }: PatchOptions): boolean {
  if (!isOwnFailure(error) && !(error instanceof PatchError)) return true
  return (error instanceof TimeoutError ? onTimeout : onError) === 'reject'
}

/** @throws {InvalidTypeError} */
function checkTasks(pool: OperationHost, tasks: unknown, options: PatchOptions): Checked[] {
  if (!isArray('tasks', tasks)) throw wrongType('tasks', 'an array of { fn, args?, paths? }', tasks)
  return Array.from(tasks, (task: unknown, i) => {
    const what = `tasks[${i}]`
    if (typeof task !== 'object' || task === null || isArray(what, task)) {
      throw wrongType(what, 'an object { fn, args?, paths? }', task)
    }
    for (const key of Object.keys(task)) {
      if (TASK_KEYS.includes(key)) continue
      throw new InvalidTypeError(
        `There is no '${key}' in a task; there are ${TASK_KEYS.join(', ')}`,
      )
    }
    const { fn, args, paths } = changed(NO_OPTIONS, task) as Partial<PatchTask>
    if (paths !== undefined) checkPaths(`${what}.paths`, paths)
    const checked = paths && uncovered(paths)
    return { fn: pool.functions.handleOf(fn, options, `${what}.fn`), args, paths: checked }
  })
}
