import { bold, dim, elapsed, green, red, step, yellow } from '../lib/steps.mjs'

/**
 * Runs lanes of suites side by side, the suites of a lane one after the other. What a suite wrote is
 * shown when it is over, so that they do not talk across each other; a suite that is alone shows it
 * while it comes.
 *
 * @param {import('./suites.mjs').Suite[][]} lanes
 * @returns {Promise<import('./suites.mjs').Result[]>}
 */
export async function runLanes(lanes) {
  const suites = lanes.flat()
  if (suites.length === 1) {
    console.log(bold(`\n── ${suites[0].name}`))
    return [await suites[0].run((line) => console.log(line))]
  }
  const results = new Map()
  await step(`${suites.length} suites of tests`, (progress) =>
    Promise.all(
      lanes.map(async (lane) => {
        for (const one of lane) {
          const result = await one.run((line) => progress(`${one.name}: ${line.trim()}`))
          results.set(one, result)
        }
      }),
    ),
  )
  for (const one of suites) {
    console.log(bold(`\n── ${one.name}`))
    console.log(results.get(one).output?.trimEnd() ?? results.get(one).reason)
  }
  return suites.map((one) => results.get(one))
}

/** How long a part of what a suite wrote is shown twice. */
const MOST_LINES = 200
/** Where Node's runner and cargo begin to say what has failed. */
const FAILURES = /^(?:✖ failing tests:|failures:)$/m

/** Counts, what has failed, and the exit code. */
export function summarise(results) {
  console.log(bold('\n── Summary'))
  for (const { name, passed, failed, skipped, ok, ms, reason } of results) {
    if (reason !== undefined) {
      console.log(`${yellow('–')} ${name}: skipped, ${reason}`)
      continue
    }
    const counts = `${passed} passed, ${failed} failed, ${skipped} skipped`
    const mark = ok ? green('✓') : red('✗')
    const remark = passed + failed > 0 ? '' : (ok ? dim : red)(' nothing ran')
    console.log(`${mark} ${name}: ${counts}${remark} ${dim(elapsed(ms))}`)
  }
  const failed = results.filter(({ ok }) => !ok)
  for (const { name, output } of failed) {
    const place = output?.search(FAILURES) ?? -1
    if (place === -1) continue
    console.log(bold(`\n── Failed in ${name}`))
    console.log(output.slice(place).split('\n').slice(0, MOST_LINES).join('\n'))
  }
  if (failed.length > 0) process.exitCode = 1
}
