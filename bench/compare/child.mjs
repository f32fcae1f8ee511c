/**
 * `node child.mjs <JSON>`: measures two builds in this process, in turns. `{ contenders, rounds,
 * threads }` says how; the measurements go to stdout as JSON.
 */
import { endWithParent } from '../lib/children.mjs'
import { burstSection, roundTripSection } from '../sections/dispatch.mjs'
import { roomByTagSection, smallResultsSection } from '../sections/maps.mjs'
import { sharedOnceSection } from '../sections/shared-once.mjs'
import { smallCallsSection } from '../sections/small-calls.mjs'
import { startUpSection } from '../sections/start-up.mjs'

endWithParent()

const sections = [
  roomByTagSection,
  smallResultsSection,
  roundTripSection,
  burstSection,
  smallCallsSection,
  startUpSection,
  sharedOnceSection,
]

const { contenders, rounds, threads } = JSON.parse(process.argv[2])
const context = {
  pools: contenders,
  rounds,
  threads,
  note: (text) => process.stderr.write(`${text}\n`),
  onUnavailable(name, error) {
    throw new Error(`${name} does not start`, { cause: error })
  },
}
const measurements = []
for (const section of sections) measurements.push(...(await section.run(context)))
process.stdout.write(JSON.stringify(measurements))
