import { burstSection, roundTripSection } from './dispatch.mjs'
import { eventLoopSection } from './event-loop.mjs'
import { citiesSection, roomByTagSection, smallResultsSection } from './maps.mjs'
import { startUpSection } from './start-up.mjs'

/**
 * @typedef {object} Context
 * @property {number} threads
 * @property {number} rounds
 * @property {(text: string) => void} note says what runs now
 * @property {(name: string, error: Error) => void} onUnavailable
 */

/**
 * In the order in which they run.
 *
 * @type {{ name: string, run(context: Context): Promise<import('../lib/format.mjs').Measurement[]> }[]}
 */
export const sections = [
  roomByTagSection,
  smallResultsSection,
  citiesSection,
  roundTripSection,
  burstSection,
  startUpSection,
  eventLoopSection,
]
