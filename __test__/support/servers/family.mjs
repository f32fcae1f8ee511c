import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

const hasProc = existsSync('/proc/self/stat')

/**
 * Sends a signal to a process and to all that it has started, the oldest first: of a PostgreSQL each
 * connection is a process.
 */
export function signalFamily(pid, signal) {
  const signalled = new Set()
  for (;;) {
    // Those that were started while the others were told.
    const rest = [pid, ...descendants(pid)].filter((each) => !signalled.has(each))
    if (rest.length === 0) return
    for (const each of rest) {
      signalled.add(each)
      try {
        process.kill(each, signal)
      } catch {
        // It is gone.
      }
    }
  }
}

/**
 * Stops a process and all that it has started, and waits until none of their threads runs: each goes on
 * until it gets to the signal, which on a crowded machine is time enough to answer.
 */
export async function stopFamily(pid) {
  signalFamily(pid, 'SIGSTOP')
  while ([pid, ...descendants(pid)].some(isRunning)) await pause(1)
}

/** Whether a thread of it is neither stopped nor over. */
function isRunning(pid) {
  return statesOf(pid).some((state) => !'TZX'.includes(state))
}

/** A letter for each thread that is listed. */
function statesOf(pid) {
  if (!hasProc) {
    const { stdout } = spawnSync('ps', ['-o', 'state=', '-p', pid], { encoding: 'utf8' })
    return stdout.trim() === '' ? [] : [stdout.trim()[0]]
  }
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      fieldsOf(`/proc/${pid}/task/${thread}/stat`).slice(0, 1),
    )
  } catch {
    // It is gone.
    return []
  }
}

function descendants(pid) {
  const parents = parentsOfAll()
  const found = []
  const visit = (parent) => {
    for (const [child, of] of parents) {
      if (of !== parent) continue
      found.push(child)
      visit(child)
    }
  }
  visit(pid)
  return found
}

/** Of every process its parent. */
function parentsOfAll() {
  if (!hasProc) return parentsByPs()
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => [Number(name), Number(fieldsOf(`/proc/${name}/stat`)[1])])
}

/** Of a process or a thread state, parent and so on; nothing of one that is gone. */
function fieldsOf(path) {
  try {
    const stat = readFileSync(path, 'utf8')
    // The name of the program stands in parentheses and may hold any character.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  } catch {
    return []
  }
}

function parentsByPs() {
  return execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
}
