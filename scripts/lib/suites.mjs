import { readdirSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'

import { builtEngines } from './engines.mjs'
import { triple } from './host.mjs'
import { root } from './paths.mjs'
import { CommandError, run } from './run.mjs'
import { findArchive } from './v8-archive.mjs'

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
 * @property {string} [reason] why it was skipped as a whole
 */

/** isolane-core under plain cargo: its tests check with debug assertions, and need no V8. */
export function coreSuite() {
  return cargoSuite('isolane-core', [], {})
}

/** The Rust side of the node engine. */
export function nodeEngineSuite() {
  return cargoSuite('isolane-node', [], {})
}

/** The V8 engine in the profile of the addon, so that V8's glue is compiled once for both. */
export async function v8Suite() {
  const name = 'isolane-v8'
  if (!builtEngines().includes('v8')) {
    const reason = 'since this build has no V8 engine: its archive was out of reach'
    return { name, passed: 0, failed: 0, skipped: 0, ok: true, ms: 0, reason }
  }
  const archive = await findArchive()
  return cargoSuite(name, ['--release'], archive?.env ?? {})
}

function cargoSuite(name, flags, env) {
  const command = ['cargo', 'test', '-p', name, '--target', triple, ...flags]
  return suite(name, command, env, /^test result: .*? (\d+) passed; (\d+) failed; (\d+) ignored/gm)
}

/** Folders of `__test__` that belong to no engine, or to one; all else is run on each engine. */
const folders = {
  codec: undefined,
  engines: undefined,
  'engines/node': 'node',
  hostile: 'v8',
  package: undefined,
}

/**
 * The JavaScript tests, on some Node.
 *
 * @param {string} node path of the binary
 * @param {string} title
 * @param {string} [engine] the behaviour suite on this engine; without it, what belongs to none
 * @param {string[]} [skipped] folders of `__test__` to leave out
 */
export function nodeSuite(node, title, engine, skipped = []) {
  const flags = ['--test', '--test-reporter=spec', `--test-timeout=${testTimeoutMs}`]
  const counts = /^ℹ pass (\d+)\r?\nℹ fail (\d+)\r?\nℹ cancelled (?:\d+)\r?\nℹ skipped (\d+)/gm
  const env = engine === undefined ? {} : { ISOLANE_TEST_ENGINE: engine }
  return suite(title, [node, ...flags, ...testFiles(engine, skipped)], env, counts)
}

/** Listed by hand: `node --test` takes patterns only from Node 21 on. */
function testFiles(engine, skipped) {
  return readdirSync(join(root, '__test__'), { recursive: true })
    .filter((name) => name.endsWith('.test.mjs'))
    .filter((name) => {
      const folder = dirname(name).split(sep).join('/')
      if (skipped.includes(folder)) return false
      if (Object.hasOwn(folders, folder)) return folders[folder] === engine
      return engine !== undefined
    })
    .map((name) => relative(root, join(root, '__test__', name)))
    .sort()
}

async function suite(name, command, env, counts) {
  const started = performance.now()
  const { output, exited } = await outputOf(command, env)
  const sums = [0, 0, 0]
  for (const match of output.matchAll(counts)) {
    for (const index of sums.keys()) sums[index] += Number(match[index + 1])
  }
  const [passed, failed, skipped] = sums
  const ok = exited && failed === 0 && passed > 0
  return { name, passed, failed, skipped, ok, ms: performance.now() - started }
}

/** Shows the output while it comes, and keeps it. */
async function outputOf(command, env) {
  const onLine = (line) => console.log(line)
  try {
    return { output: await run(command, { env, onLine }), exited: true }
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    console.error(error.message)
    return { output: error.output, exited: false }
  }
}
