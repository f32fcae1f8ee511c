import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { runScript } from '../support/processes.mjs'
import { full } from '../support/size.mjs'

/** Outcomes of a hostile call. */
export const VALUE = 'value'
export const THROWS = 'ERR_ISOLANE_FUNCTION'
export const TIMEOUT = 'ERR_ISOLANE_TIMEOUT'
export const MEMORY = 'ERR_ISOLANE_MEMORY_LIMIT'
export const CLONE = 'ERR_ISOLANE_NOT_CLONEABLE'
export const NEVER = 'ERR_ISOLANE_NEVER_SETTLES'
export const LOST = 'ERR_ISOLANE_WORKER_LOST'
export const SOURCE = 'ERR_ISOLANE_SOURCE'
export const RANGE_ERROR = { message: /RangeError/ }

const MEMORY_LIMIT_MB = 64
/** What V8 and ICU may hold meanwhile of what is counted before they get it: docs/limits.md. */
export const BOUNDED = { peakMb: 4 * MEMORY_LIMIT_MB }
/** For a call that its timeout is to end; any other has the time that a loaded machine may need. */
const SHORT_MS = 1500
const LONG_MS = 30_000
/** What the process may hold when a case is over, beyond what it held before. */
const ALLOWANCE_MB = 256
/** Most that an error's texts come to: `maxErrorKb` is 64. */
const MAX_ERROR = 70_000
/** Most records and characters of a chunk's logs, with the marks of what was cut off. */
const MAX_LOGS = { records: 1001, characters: (1 << 20) + 10_000 }

/**
 * A case: a function's source, the outcomes that it may have, and more.
 *
 * @typedef {[source: string, expected: string | string[], more?: More]} Case
 *
 * @typedef {object} More
 * @property {string} [generate] an expression that makes the source
 * @property {unknown} [arg]
 * @property {number} [timeout]
 * @property {object} [options] of the pool
 * @property {object} [call] options of the call
 * @property {RegExp} [message] what the error says
 * @property {string} [value] the result as JSON
 * @property {RegExp} [log] the end of what was logged
 * @property {boolean} [parked] V8 can only abort: the lost thread keeps its memory
 * @property {number} [peakMb] what the process may come to hold meanwhile
 * @property {boolean} [unstoppable] the worker may be lost, since V8 may not come back in time
 */

/**
 * Defines a test for each case, by the name that starts with its number in README.md. At the small size
 * only the first of each number runs.
 *
 * @param {string} group
 * @param {Record<string, Case>} cases
 */
export function hostile(group, cases) {
  describe(`hostile: ${group}`, { concurrency: 2 }, () => {
    const seen = new Set()
    for (const [name, [source, expected, more]] of Object.entries(cases)) {
      const [number] = name.split(' ')
      const skip = !full && seen.has(number) && 'npm run test:all has more of this number'
      seen.add(number)
      it(name, { skip }, () => survives(source, [expected].flat(), more))
    }
  })
}

/**
 * Runs a hostile function, and checks what must hold after each: the process lives, the same worker
 * is still there unless its memory was exceeded, and the next job on it returns 42 and has memory.
 *
 * A process of its own for each, so that a crash fails that case alone. It reports one line; that
 * it does shows that it lives.
 */
async function survives(source, expected, more = {}) {
  const { timeout = expected.includes(TIMEOUT) ? SHORT_MS : LONG_MS } = more
  const parameters = {
    ...more,
    source,
    options: { memoryLimitMb: MEMORY_LIMIT_MB, ...more.options },
    call: { timeout, ...more.call },
    allowanceMb: ALLOWANCE_MB,
  }
  const { code, signal, stdout, stderr } = await runScript(
    "await import('./__test__/hostile/child.mjs')",
    { env: { HOSTILE_CASE: JSON.stringify(parameters) } },
  )
  const shown = `${more.generate ?? source}\n${stdout}\n${stderr.slice(-2000)}`
  assert.deepEqual({ code, signal }, { code: 0, signal: null }, shown)
  const [line, ...others] = stdout.trimEnd().split('\n')
  assert.deepEqual(others, [], `${shown}something else was printed`)
  // Where V8 can only abort, it says so itself.
  if (stderr !== '') assert.match(stderr, /^\s*(<--- Last few GCs --->|#)/, shown)
  check(JSON.parse(line.slice('report '.length)), expected, more, shown)
}

function check(report, expected, more, shown) {
  assert.ok(expected.includes(report.code), `${shown}expected ${expected}`)
  if (more.message) assert.match(report.message ?? '', more.message, shown)
  if (more.value !== undefined) assert.equal(report.value, more.value, shown)
  if (more.log) assert.match(report.logs.last, more.log, shown)
  assert.equal(report.answer, 42, shown)
  // What does not come back at its timeout may also run out of memory before it is given up.
  const lost = more.unstoppable === true && /did not stop within|out of memory/.test(report.lost[0])
  // What its timeout stops may have met the limit in the same moment.
  const exhausted = expected.includes(MEMORY) && report.lost[0] === 'out of memory'
  const replaced = lost || exhausted || report.code === MEMORY
  assert.deepEqual(
    { kept: report.kept, lost: report.lost.length },
    { kept: !replaced, lost: replaced ? 1 : 0 },
    shown,
  )
  const { peakMb = Infinity } = more
  assert.ok(report.peakedMb <= peakMb, `${shown}took too much meanwhile`)
  if (!more.parked && !lost) assert.ok(report.grownMb <= ALLOWANCE_MB, `${shown}keeps memory`)
  assert.ok(!(report.size > MAX_ERROR), `${shown}has an unbounded message`)
  for (const [what, most] of Object.entries(MAX_LOGS)) {
    assert.ok(report.logs[what] <= most, `${shown}logs without bounds`)
  }
}
