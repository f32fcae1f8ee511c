/**
 * Runs the tests of a checkout that is set up:
 *
 *   node scripts/test.mjs [--js-only] [--require-v8] [--engine <v8|node>]... [--skip <folder>]...
 *     [--node <22|24|26|path>]...
 *
 * The crates under cargo (isolane-v8 in a build with V8), then the JavaScript tests on this Node, or
 * on those that `--node` names: what belongs to no engine, and the behaviour suite once for each
 * engine of the build, or for those that `--engine` names; `--skip` leaves a folder of `__test__`
 * out. A suite in which nothing ran has failed, unless it says why; with
 * `--require-v8` a build without the V8 engine fails.
 */
import { parseArgs } from 'node:util'

import { builtEngines } from './lib/engines.mjs'
import { nodeBinary } from './lib/nodes.mjs'
import { run } from './lib/run.mjs'
import { Refusal, bold, dim, elapsed, green, red, report, yellow } from './lib/steps.mjs'
import { coreSuite, nodeEngineSuite, nodeSuite, v8Suite } from './lib/suites.mjs'
import { adviceWithoutArchive } from './lib/v8-archive.mjs'

async function test() {
  const { values } = parseArgs({
    options: {
      'js-only': { type: 'boolean', default: false },
      'require-v8': { type: 'boolean', default: false },
      engine: { type: 'string', multiple: true, default: builtEngines() },
      skip: { type: 'string', multiple: true, default: [] },
      node: { type: 'string', multiple: true, default: [process.execPath] },
    },
  })
  if (values['require-v8'] && !builtEngines().includes('v8'))
    throw new Refusal(adviceWithoutArchive())
  const results = []
  if (!values['js-only']) {
    results.push(await announced('isolane-core', coreSuite))
    results.push(await announced('isolane-node', nodeEngineSuite))
    results.push(await announced('isolane-v8', v8Suite))
  }
  for (const name of values.node) results.push(...(await onNode(name, values)))
  summarise(results)
}

async function onNode(name, { engine: engines, skip }) {
  const binary = await nodeBinary(name)
  const version = (await run([binary, '--version'])).trim()
  const results = []
  for (const engine of [undefined, ...engines]) {
    const title = `Node ${version}, ${engine === undefined ? 'package and codec' : `engine ${engine}`}`
    results.push(await announced(title, () => nodeSuite(binary, title, engine, skip)))
  }
  return results
}

function announced(title, suite) {
  console.log(bold(`\n── ${title}`))
  return suite()
}

function summarise(results) {
  console.log(bold('\n── Summary'))
  for (const { name, passed, failed, skipped, ok, ms, reason } of results) {
    if (reason !== undefined) {
      console.log(`${yellow('–')} ${name}: skipped, ${reason}`)
      continue
    }
    const counts = `${passed} passed, ${failed} failed, ${skipped} skipped`
    const mark = ok ? green('✓') : red('✗')
    const remark = passed + failed === 0 ? red(' nothing ran') : ''
    console.log(`${mark} ${name}: ${counts}${remark} ${dim(elapsed(ms))}`)
  }
  if (results.some(({ ok }) => !ok)) process.exitCode = 1
}

await test().catch(report)
