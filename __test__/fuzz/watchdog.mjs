/** Watches a process that runs rounds: its death, its silence, its memory, what it writes. */
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { endsWithUs } from '../../scripts/lib/children.mjs'

const CHILD = fileURLToPath(new URL('child.mjs', import.meta.url))
const root = fileURLToPath(new URL('../..', import.meta.url))

/** Calls have limits of a second, and a worker that cannot be stopped is given up after five. */
const PATIENCE_MS = 60_000
const LOOK_MS = 100
/** Threads that are lost keep what they have, up to this; those that are stuck, a core. */
const PARKED_MB = 1500
const MOST_PARKED = 4
const MOST_STUCK = 0
const PAGE = 4096
/** Lines that V8 writes when it is at its end. */
const OF_V8 = [
  /^\s*$/,
  /^<--- (Last few GCs|JS stacktrace) --->$/,
  /^\[\d+:0x[0-9a-f]+\]\s+\d+ ms: /,
  /^#( |$)/,
  /Fatal error with no security impact/,
  /^Received signal|^==== C stack trace/,
]

/**
 * Runs a child until it is done, or something is wrong with it. `task` is what `child.mjs` reads.
 *
 * @param {object} task
 * @param {object} [options]
 * @param {(round: number, outcome: string) => void} [options.onOutcome]
 * @param {(message: object) => void} [options.onCase]
 * @param {() => boolean} [options.isOver] whether it is to stop
 * @param {string[]} [options.flags] of Node
 * @param {number} [options.patienceMs] for what does not settle, or says nothing
 * @returns {Promise<Watched>}
 *
 * @typedef {object} Watched
 * @property {{ kind: string, detail: string, rounds: number[] }[]} findings
 * @property {number} next the round to go on with
 * @property {number} peakMb
 * @property {number} lost workers
 * @property {number} stuck workers that did not stop, of those
 */
export function watch(
  task,
  {
    onOutcome = () => {},
    onCase = () => {},
    isOver = () => false,
    flags = [],
    patienceMs = PATIENCE_MS,
  } = {},
) {
  const child = spawn(process.execPath, [...flags, CHILD, JSON.stringify(task)], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  endsWithUs(child, 'SIGKILL')
  const running = new Map()
  const findings = []
  const written = { stdout: '', stderr: '' }
  let next = task.from ?? 0
  let boundMb = 1500
  let peakMb = 0
  let lost = 0
  let stuck = 0
  let parked = 0
  let isDone = false
  let killed = false
  let asked = false
  let heard = Date.now()
  let moved = heard

  const found = (kind, detail, rounds = [...running.keys()]) =>
    findings.push({ kind, detail, rounds })
  const end = (kind, detail) => {
    if (killed) return
    killed = true
    found(kind, detail)
    child.kill('SIGKILL')
  }
  const ask = () => {
    if (!asked && child.connected) child.send('stop')
    asked = true
  }

  child.on('message', (message) => {
    heard = Date.now()
    if (message.type !== 'beat') moved = heard
    if (message.type === 'started') {
      running.set(message.round, heard)
      next = Math.max(next, message.round + 1)
    } else if (message.type === 'ended') {
      running.delete(message.round)
      if (message.finding) {
        found(message.finding.kind, message.finding.detail, [message.round])
        onOutcome(message.round, 'finding')
      } else onOutcome(message.round, message.outcome)
    } else if (message.type === 'bound') {
      boundMb = message.boundMb ?? boundMb
    } else if (message.type === 'beat') {
      peakMb = Math.max(peakMb, message.residentMb)
      lost = Math.max(lost, message.lost ?? 0)
      parked = Math.max(parked, message.parked ?? 0)
      stuck = Math.max(stuck, message.stuck ?? 0)
    } else if (message.type === 'finding') {
      found(message.kind, message.detail)
    } else if (message.type === 'case') {
      onCase(message.given)
    } else if (message.type === 'done') {
      isDone = true
      peakMb = Math.max(peakMb, message.peakMb)
    }
  })
  for (const stream of ['stdout', 'stderr']) {
    child[stream].setEncoding('utf8').on('data', (text) => {
      if (written[stream].length < 1e6) written[stream] += text
      const strange = written[stream]
        .split('\n')
        .filter((line) => stream === 'stdout' || !OF_V8.some((pattern) => pattern.test(line)))
      if (stream === 'stdout' || (strange.length > 0 && !killed)) {
        if (strange.join('') !== '' && !findings.some(({ kind }) => kind === stream)) {
          found(stream, strange.join('\n').slice(0, 1000))
        }
      }
    })
  }
  const look = setInterval(() => {
    const now = Date.now()
    const resident = residentMb(child.pid)
    if (resident !== undefined) peakMb = Math.max(peakMb, resident)
    const oldest = Math.min(...running.values())
    if (now - heard > patienceMs) end('hang', 'its thread does not come back')
    else if (now - oldest > patienceMs) end('hang', 'a call does not settle')
    else if (now - moved > patienceMs) end('hang', 'its pool is not made or closed')
    else if (resident !== undefined && resident > boundMb + parked * PARKED_MB) {
      end('memory', `${resident} MiB resident, more than ${boundMb}`)
    }
    if (isOver() || parked > MOST_PARKED || stuck > MOST_STUCK || findings.length > 0) ask()
  }, LOOK_MS)

  return new Promise((resolve) => {
    child.on('close', (code, signal) => {
      clearInterval(look)
      if (!killed && (signal !== null || code !== 0 || !isDone)) {
        found('death', `${signal ?? `code ${code}`}\n${written.stderr.slice(-2000)}`)
      }
      resolve({ findings, next, peakMb, lost, stuck })
    })
  })
}

/** Asked of the system, since a process that is busy cannot tell. */
function residentMb(pid) {
  try {
    return Math.round(
      (Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * PAGE) / 2 ** 20,
    )
  } catch {
    return undefined
  }
}
