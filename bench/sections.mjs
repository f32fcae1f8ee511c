import { cliSection } from './cli/section.mjs'
import { awaitingSection } from './sections/awaiting.mjs'
import { buffersSection } from './sections/buffers.mjs'
import { bytesSection } from './sections/bytes.mjs'
import { burstSection, channelsSection, roundTripSection } from './sections/dispatch.mjs'
import { exitsSection } from './sections/exits.mjs'
import { eventLoopSection } from './sections/event-loop.mjs'
import { largeResultsSection } from './sections/large-results.mjs'
import { latencySection } from './sections/latency.mjs'
import {
  citiesSection,
  freezingSection,
  roomByTagSection,
  smallResultsSection,
} from './sections/maps.mjs'
import { scalingSection } from './sections/scaling.mjs'
import { sharedOnceSection } from './sections/shared-once.mjs'
import { smallCallsSection } from './sections/small-calls.mjs'
import { commonModulesSection } from './modules/common.mjs'
import { packagesSection } from './modules/packages.mjs'
import { checkSection } from './check/section.mjs'
import { patchesSection } from './patches/section.mjs'
import { dataSection } from './data/section.mjs'
import { functionsSection } from './functions/section.mjs'
import { startUpSection } from './sections/start-up.mjs'
import { timeoutsSection } from './sections/timeouts.mjs'
import { warmSection } from './sections/warm.mjs'

/**
 * @typedef {object} Context
 * @property {number} threads
 * @property {number} rounds
 * @property {number} megabytes length of the file that the command maps
 * @property {number} functions that registries have
 * @property {number} refreshes of data
 * @property {string[]} [pools] the contenders; without it, those of `contenders.mjs`
 * @property {(text: string) => void} note says what runs now
 * @property {(name: string, error: Error) => void} onUnavailable
 */

/**
 * @typedef {object} Section
 * @property {string} name
 * @property {boolean} [usesProcesses] measures in child processes
 * @property {(context: Context) => Promise<import('./lib/format.mjs').Measurement[]>} run
 */

/**
 * In the order in which they run.
 *
 * @type {Section[]}
 */
export const sections = [
  roomByTagSection,
  smallResultsSection,
  freezingSection,
  citiesSection,
  buffersSection,
  bytesSection,
  roundTripSection,
  burstSection,
  channelsSection,
  smallCallsSection,
  scalingSection,
  startUpSection,
  warmSection,
  sharedOnceSection,
  packagesSection,
  commonModulesSection,
  eventLoopSection,
  latencySection,
  largeResultsSection,
  patchesSection,
  checkSection,
  dataSection,
  functionsSection,
  timeoutsSection,
  awaitingSection,
  exitsSection,
  cliSection,
]
