/**
 * Runs the tests:
 *
 *   node scripts/test.mjs [name]... [--set-up] [--full] [--js-only] [--require-v8] [--require-servers]
 *     [--engine <v8|node>]... [--skip <folder>]... [--node <22|24|26|path>]... [--all] [--rest]
 *
 * Without names: the crates under cargo (isolane-v8 in a build with V8), and the JavaScript tests on
 * this Node, or on those that `--node` names: what belongs to no engine, and the behaviour suite once
 * for each engine of the build, or for those that `--engine` names. `--skip` leaves a folder of
 * `__test__` out. A suite in which nothing ran has failed, unless it says why; with `--require-v8` a
 * build without the V8 engine fails, and with `--require-servers` a machine without the servers that the
 * stores of functions are tested on.
 *
 * With names only those test files, on both engines where they apply, and the Rust tests of those
 * names: `map`, `codec/values`, `scheduler`. A name that no test has fails.
 *
 * `--set-up` builds first what has changed; for names in the profile `quick`, which links in seconds.
 * `--full` runs the hostile functions and the long tests at their full size, and fetches Bun, Deno,
 * jest and vitest for theirs. `--all` is that, the other
 * Node lines, a minute of fuzzing, two minutes of the soak, and the packages as they are published,
 * installed and used. `--rest`, after `npm test`, leaves out what that has run as it is: the Rust tests,
 * and on this Node the files that are no larger at full size.
 */
import { availableParallelism } from 'node:os'
import { dirname } from 'node:path'
import { parseArgs } from 'node:util'

import { fetchHosts } from './fetched/hosts.mjs'
import { nodeBinary } from './fetched/nodes.mjs'
import { fetchPackages } from './fetched/packages.mjs'
import { fetchRunners } from './fetched/runners.mjs'
import { fuzzing } from './fuzz.mjs'
import { builtEngines } from './lib/engines.mjs'
import { run } from './lib/run.mjs'
import { missingServers } from './lib/servers.mjs'
import { Refusal, report, step } from './lib/steps.mjs'
import { adviceWithoutArchive } from './lib/v8-archive.mjs'
import { ownAddons, pack } from './pack.mjs'
import { refuseWithout } from './servers.mjs'
import { setUp } from './setup.mjs'
import { soak } from './soak.mjs'
import { hasFullSize, named, testFiles } from './test/files.mjs'
import { crates, rustSuites } from './test/rust.mjs'
import { cargoSuite, compileTests, nodeSuite } from './test/suites.mjs'
import { runLanes, summarise } from './test/terminal.mjs'

/** Folders of tests in which a line between the oldest and the newest is hardly ever another. */
const AT_BOTH_ENDS = ['command', 'packages', 'registry', 'release', 'stores']

/**
 * The other Node lines, the engines to test there, and what not to: the embedded V8 is the same under any
 * Node, and hostile functions know no other.
 */
const OTHER_LINES = {
  22: { engines: ['v8'], skip: ['hostile', ...AT_BOTH_ENDS] },
  24: { engines: ['v8'], skip: ['hostile', ...AT_BOTH_ENDS] },
  26: { engines: ['v8', 'node'], skip: ['hostile'] },
}

/** Of files that one suite runs at once. */
const concurrency = Math.max(2, availableParallelism())

async function test() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      all: { type: 'boolean', default: false },
      full: { type: 'boolean', default: false },
      'js-only': { type: 'boolean', default: false },
      'require-servers': { type: 'boolean', default: false },
      'require-v8': { type: 'boolean', default: false },
      rest: { type: 'boolean', default: false },
      'set-up': { type: 'boolean', default: false },
      engine: { type: 'string', multiple: true },
      skip: { type: 'string', multiple: true, default: [] },
      node: { type: 'string', multiple: true, default: [process.execPath] },
    },
  })
  if (values['set-up']) await setUp({ quick: positionals.length > 0 })
  if (values['require-v8'] && !builtEngines().includes('v8'))
    throw new Refusal(adviceWithoutArchive())
  if (values['require-servers']) {
    refuseWithout(missingServers())
    // Then none of their tests is skipped either.
    process.env.ISOLANE_TEST_SERVERS = 'required'
  }
  const full = values.full || values.all
  if (full) await fetchHosts()
  if (full) await fetchRunners()
  if (full) await fetchPackages()
  const choice = { ...values, full, engines: values.engine ?? builtEngines() }
  if (positionals.length > 0) return testNamed(positionals, choice)
  const withRust = !values['js-only'] && !values.rest
  // Beside the other suites cargo would have the time of one thread of several.
  if (withRust) await step('Rust tests, compiled', (onLine) => compileTests(crates, onLine))
  const results = []
  for (const [index, name] of values.node.entries()) {
    const rust = index === 0 && withRust ? [crates.map((crate) => cargoSuite(crate))] : []
    results.push(...(await runLanes([...rust, ...(await lanesOn(name, choice))])))
  }
  if (values.all) {
    for (const [line, { engines, skip }] of Object.entries(OTHER_LINES)) {
      const built = engines.filter((each) => choice.engines.includes(each))
      results.push(...(await runLanes(await lanesOn(line, { engines: built, skip }))))
    }
  }
  summarise(results)
  if (!values.all) return
  await fuzzing({ seconds: 60, engines: choice.engines })
  // Its faults are injected into an addon with V8.
  if (choice.engines.includes('v8')) await soak({ seconds: 120 })
  else console.log('Without V8 there is no soak.')
  await pack({ addons: ownAddons(), engines: builtEngines() })
  // Once more, since it is far above by now.
  if (results.some(({ ok }) => !ok)) summarise(results)
}

/** The JavaScript suites on a Node: what belongs to no engine, then the first; the others beside them. */
async function lanesOn(name, { engines, skip, full, rest = false }) {
  const node = await nodeBinary(name)
  const version = (await run([node, '--version'])).trim()
  const files = testFiles()
    .filter(({ name: file }) => !skip.includes(dirname(file)))
    .filter((file) => !rest || hasFullSize(file))
  const suiteOn = (engine) =>
    nodeSuite(
      `Node ${version}, ${engine === undefined ? 'packages and codec' : `engine ${engine}`}`,
      { node, engine, full, concurrency, files: files.filter(({ isOf }) => isOf(engine)) },
    )
  const [first, ...others] = engines
  return [[undefined, first], ...others.map((engine) => [engine])].map((lane) => lane.map(suiteOn))
}

/** What words name: on both engines at once, since these are few. */
async function testNamed(words, choice) {
  const matches = words.map((word) => {
    return { word, files: named(testFiles(), word), rust: rustSuites(word) }
  })
  const refuse = (without) => {
    const names = matches.filter(without).map(({ word }) => word)
    if (names.length > 0) throw new Refusal(`No test has the name ${names.join(' or ')}`)
  }
  refuse(({ files, rust }) => files.length === 0 && rust.length === 0)
  const lanes = await lanesOf(matches, choice)
  const results = await runLanes(lanes)
  summarise(results)
  // A source may have that name and no tests.
  const suites = lanes.flat()
  const isEmpty = (suite) => {
    const { ok, passed, skipped, reason } = results[suites.indexOf(suite)]
    return ok && passed + skipped === 0 && reason === undefined
  }
  refuse(({ files, rust }) => files.length === 0 && rust.every(isEmpty))
}

async function lanesOf(matches, { engines, full, node: [node] }) {
  const binary = await nodeBinary(node)
  const files = new Set(matches.flatMap((match) => match.files))
  const rust = matches.flatMap((match) => match.rust)
  const suites = [undefined, ...engines].map((engine) => {
    const own = [...files].filter(({ isOf }) => isOf(engine))
    const title = engine === undefined ? 'packages and codec' : `engine ${engine}`
    return own.length === 0
      ? []
      : [nodeSuite(title, { node: binary, engine, full, concurrency, files: own, isNamed: true })]
  })
  return [rust, ...suites].filter((lane) => lane.length > 0)
}

await test().catch(report)
