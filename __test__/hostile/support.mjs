import assert from 'node:assert/strict'
import { runScript } from '../support/processes.mjs'

/** Outcomes of a hostile call. */
export const VALUE = 'value'
export const THROWS = 'ERR_ISOLANE_FUNCTION'
export const TIMEOUT = 'ERR_ISOLANE_TIMEOUT'
export const MEMORY = 'ERR_ISOLANE_MEMORY_LIMIT'
export const CLONE = 'ERR_ISOLANE_NOT_CLONEABLE'
export const NEVER = 'ERR_ISOLANE_NEVER_SETTLES'
export const BOUNDED = [VALUE, THROWS, TIMEOUT, MEMORY]

const MEMORY_LIMIT_MB = 64
/** For a call that its timeout is to end; any other has the time that a loaded machine may need. */
const SHORT_MS = 1500
const LONG_MS = 30_000
/** What the process may hold when a case is over, beyond what it held before. */
const ALLOWANCE_MB = 256

/**
 * A process of its own for each case, so that a crash fails that case alone. It reports one line;
 * that it does shows that it lives.
 */
const script = (source, { arg, timeout, options = {}, call = {} }) => `
  import { readFileSync } from 'node:fs'
  import { Pool } from 'isolane'
  const pool = new Pool({ threads: 1, memoryLimitMb: ${MEMORY_LIMIT_MB}, ...${JSON.stringify(options)} })
  const lost = []
  pool.on('workerDestroy', ({ reason }) => reason !== undefined && lost.push(reason))
  const next = () => pool.run({ name: 'next', source: '(x) => x * 2' }, 21)
  const residentMb = () => process.memoryUsage.rss() / 2 ** 20
  await next()
  const before = residentMb()
  const outcome = await pool
    .run({ name: 'hostile', source: ${JSON.stringify(source)} }, ${JSON.stringify(arg)}, { timeout: ${timeout}, ...${JSON.stringify(call)} })
    .then((value) => ({ code: 'value', value: Array.isArray(value) && value.length > 1e6 ? 'long' : String(JSON.stringify(value)).slice(0, 1000) }))
    .catch(({ code, message }) => ({ code, message: message.slice(0, 1000), length: message.length }))
  const answer = await next()
  let grown = residentMb() - before
  // The allocator and V8's background threads give memory back a little later.
  for (let n = 0; n < 40 && grown > ${ALLOWANCE_MB}; n++) {
    await new Promise((resolve) => setTimeout(resolve, 50))
    grown = residentMb() - before
  }
  console.log('report ' + JSON.stringify({ ...outcome, answer, grown, lost }))
  await pool.destroy()
`

/**
 * Runs a hostile function, and checks what must hold after each: the process lives, the next job on
 * the same worker returns 42, memory is back within its budget.
 *
 * @param {string} source
 * @param {string | string[]} expected codes; which of several depends on the machine
 * @param {{ arg?: unknown, timeout?: number, options?: object, call?: object, message?: RegExp, value?: string, parked?: boolean }} [more]
 *   `parked`: V8 can only abort, so a lost thread may keep its memory
 */
export async function survives(source, expected, more = {}) {
  const timeout = expected.includes(TIMEOUT) ? SHORT_MS : LONG_MS
  const { code, signal, stdout, stderr } = await runScript(script(source, { timeout, ...more }))
  const line = stdout.split('\n').find((text) => text.startsWith('report '))
  assert.deepEqual({ code, signal }, { code: 0, signal: null }, `${source}\n${stderr.slice(-2000)}`)
  const report = JSON.parse(line.slice('report '.length))
  const shown = `${source}: ${line}`
  assert.ok([expected].flat().includes(report.code), `${shown}, expected ${expected}`)
  assert.equal(report.answer, 42, shown)
  if (!more.parked) assert.ok(report.grown <= ALLOWANCE_MB, `${shown} keeps memory`)
  if (more.message) assert.match(report.message ?? '', more.message)
  if (more.value !== undefined) assert.equal(report.value, more.value, shown)
  assert.ok(!(report.length > 20_000), `${shown} has an unbounded message`)
  return report
}
