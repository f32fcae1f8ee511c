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
 * @property {boolean} ok false also when nothing ran, unless it was for a name
 * @property {number} ms
 * @property {string} [output] what it wrote
 * @property {string} [reason] why it was skipped as a whole
 *
 * @typedef {{ name: string, run: (onLine: (line: string) => void) => Promise<Result> }} Suite
 */

/**
 * Tested in a profile of the addon: V8's glue and the parser of JavaScript, which take minutes to compile,
 * are compiled once for both. The others are tested with debug assertions.
 */
const AS_SHIPPED = [
  'isolane-check',
  'isolane-driver',
  'isolane-files',
  'isolane-modules',
  'isolane-node',
  'isolane-syntax',
  'isolane-v8',
  'isolane-wire',
]

/**
 * The tests of a crate, as cargo runs them.
 *
 * @param {string} crate
 * @param {object} [choice]
 * @param {string} [choice.profile] of those that are tested as shipped
 * @param {string[]} [choice.words] what to run of it; then there may be nothing of that name
 * @returns {Suite}
 */
export function cargoSuite(crate, { profile = 'release', words = [] } = {}) {
  const counts = /^test result: .*? (\d+) passed; (\d+) failed; (\d+) ignored/gm
  return {
    name: crate,
    async run(onLine) {
      if (lacksV8(crate)) {
        const reason = 'since this build has no V8 engine: its archive was out of reach'
        return { name: crate, passed: 0, failed: 0, skipped: 0, ok: true, ms: 0, reason }
      }
      const command = [...cargoTest(crate, profile), ...words]
      return suite(crate, command, await cargoEnv(crate), counts, words.length > 0).run(onLine)
    },
  }
}

/**
 * Compiles the tests of crates, as the suites run them.
 *
 * @param {string[]} crates
 * @param {(line: string) => void} onLine
 */
export async function compileTests(crates, onLine) {
  for (const crate of crates.filter((each) => !lacksV8(each))) {
    await run([...cargoTest(crate, 'release'), '--no-run'], { env: await cargoEnv(crate), onLine })
  }
}

function lacksV8(crate) {
  return crate === 'isolane-v8' && !builtEngines().includes('v8')
}

function cargoTest(crate, profile) {
  // The addon, which has no tests, is named so that dependencies get the features that it asks of them:
  // with others they would be compiled again.
  const addon = builtEngines().includes('v8')
    ? ['-p', 'isolane']
    : ['-p', 'isolane', '--no-default-features']
  const asShipped = AS_SHIPPED.includes(crate) ? ['--profile', profile, ...addon] : []
  return ['cargo', 'test', '-p', crate, '--target', triple, ...asShipped]
}

async function cargoEnv(crate) {
  if (crate !== 'isolane-v8') return {}
  const archive = await findArchive()
  return archive?.env ?? {}
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
 * @param {boolean} [choice.isNamed] the files were named; then all of their tests may be skipped
 * @returns {Suite}
 */
export function nodeSuite(name, { node, engine, files, concurrency, full = false, isNamed }) {
  const flags = [
    '--test',
    '--test-reporter=spec',
    '--test-reporter-destination=stdout',
    `--test-reporter=${new URL('ended-files.mjs', import.meta.url)}`,
    '--test-reporter-destination=stdout',
    `--test-timeout=${testTimeoutMs}`,
    `--test-concurrency=${concurrency}`,
  ]
  const counts = /^ℹ pass (\d+)\r?\nℹ fail (\d+)\r?\nℹ cancelled (?:\d+)\r?\nℹ skipped (\d+)/gm
  const env = {
    ...(engine === undefined ? {} : { ISOLANE_TEST_ENGINE: engine }),
    ...(full ? { ISOLANE_TEST_SIZE: 'full' } : {}),
  }
  return suite(name, [node, ...flags, ...files.map(({ path }) => path)], env, counts, isNamed)
}

/** @returns {Suite} */
function suite(name, command, env, counts, mayBeEmpty = false) {
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
      const ok = exited && failed === 0 && (passed > 0 || mayBeEmpty)
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
