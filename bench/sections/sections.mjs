import { awaitingSection } from './awaiting.mjs'
import { buffersSection } from './buffers.mjs'
import { burstSection, roundTripSection } from './dispatch.mjs'
import { exitsSection } from './exits.mjs'
import { eventLoopSection } from './event-loop.mjs'
import { largeResultsSection } from './large-results.mjs'
import { latencySection } from './latency.mjs'
import { citiesSection, roomByTagSection, smallResultsSection } from './maps.mjs'
import { startUpSection } from './start-up.mjs'
import { timeoutsSection } from './timeouts.mjs'

/**
 * @typedef {object} Context
 * @property {number} threads
 * @property {number} rounds
 * @property {string[]} [pools] the contenders; without it, those of `contenders.mjs`
 * @property {(text: string) => void} note says what runs now
 * @property {(name: string, error: Error) => void} onUnavailable
 */

/**
 * @typedef {object} Section
 * @property {string} name
 * @property {boolean} [usesProcesses] measures in child processes
 * @property {(context: Context) => Promise<import('../lib/format.mjs').Measurement[]>} run
 */

/**
 * In the order in which they run.
 *
 * @type {Section[]}
 */
export const sections = [
  roomByTagSection,
  smallResultsSection,
  citiesSection,
  buffersSection,
  roundTripSection,
  burstSection,
  startUpSection,
  eventLoopSection,
  latencySection,
  largeResultsSection,
  timeoutsSection,
  awaitingSection,
  exitsSection,
]
