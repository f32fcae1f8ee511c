import { builtEngines } from '../lib/engines.mjs'
import { triple } from '../lib/host.mjs'
import { CommandError, run } from '../lib/run.mjs'
import { findArchive } from '../lib/v8-archive.mjs'

/** A test that takes longer hangs. */
const testTimeoutMs = 180_000

/**
 * What a suite came to.
 *
 * @typedef {object} Result
 * @property {string} name
 * @property {number} passed
 * @property {number} failed
 * @property {number} skipped
 * @property {boolean} ok false also when nothing ran
 * @property {number} ms
 * @property {string} [output] what it wrote
 * @property {string} [reason] why it was skipped as a whole
 *
 * @typedef {{ name: string, run: (onLine: (line: string) => void) => Promise<Result> }} Suite
 */

/**
 * The tests of a crate, as cargo runs them.
 *
 * @param {string} crate `isolane-core` is tested with debug assertions, and needs no V8; the V8 engine
 *   in a profile of the addon, so that V8's glue is compiled once for both
 * @param {object} [choice]
 * @param {string} [choice.profile] of those with V8
 * @param {string[]} [choice.words] what to run of it
 * @returns {Suite}
 */
export function cargoSuite(crate, { profile = 'release', words = [] } = {}) {
  const counts = /^test result: .*? (\d+) passed; (\d+) failed; (\d+) ignored/gm
  const command = ['cargo', 'test', '-p', crate, '--target', triple]
  if (crate !== 'isolane-v8') return suite(crate, [...command, ...words], {}, counts)
  return {
    name: crate,
    async run(onLine) {
      if (!builtEngines().includes('v8')) {
        const reason = 'since this build has no V8 engine: its archive was out of reach'
        return { name: crate, passed: 0, failed: 0, skipped: 0, ok: true, ms: 0, reason }
      }
      const archive = await findArchive()
      const all = [...command, '--profile', profile, ...words]
      return suite(crate, all, archive?.env ?? {}, counts).run(onLine)
    },
  }
}

/**
 * JavaScript tests, on some Node.
 *
 * @param {string} name
 * @param {object} choice
 * @param {string} choice.node path of the binary
 * @param {string} [choice.engine] the engine that they are about
 * @param {import('./files.mjs').TestFile[]} choice.files
 * @param {number} choice.concurrency how many files at once: many tests wait more than they compute
 * @param {boolean} [choice.full] at full size
 * @returns {Suite}
 */
export function nodeSuite(name, { node, engine, files, concurrency, full = false }) {
  const flags = [
    '--test',
    '--test-reporter=spec',
    `--test-timeout=${testTimeoutMs}`,
    `--test-concurrency=${concurrency}`,
  ]
  const counts = /^ℹ pass (\d+)\r?\nℹ fail (\d+)\r?\nℹ cancelled (?:\d+)\r?\nℹ skipped (\d+)/gm
  const env = {
    ...(engine === undefined ? {} : { ISOLANE_TEST_ENGINE: engine }),
    ...(full ? { ISOLANE_TEST_SIZE: 'full' } : {}),
  }
  return suite(name, [node, ...flags, ...files.map(({ path }) => path)], env, counts)
}

/** @returns {Suite} */
function suite(name, command, env, counts) {
  return {
    name,
    async run(onLine) {
      const started = performance.now()
      const { output, exited } = await outputOf(command, env, onLine)
      const sums = [0, 0, 0]
      for (const match of output.matchAll(counts)) {
        for (const index of sums.keys()) sums[index] += Number(match[index + 1])
      }
      const [passed, failed, skipped] = sums
      const ok = exited && failed === 0 && passed > 0
      return { name, passed, failed, skipped, ok, ms: performance.now() - started, output }
    },
  }
}

async function outputOf(command, env, onLine) {
  try {
    return { output: await run(command, { env, onLine }), exited: true }
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    return { output: `${error.output}\n${error.message}`, exited: false }
  }
}
