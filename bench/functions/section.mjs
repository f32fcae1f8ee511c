import { calls } from './calls.mjs'
import { outages } from './outages.mjs'
import { publishes } from './publishes.mjs'
import { services } from './services.mjs'
import { starts } from './starts.mjs'

/**
 * Functions by name: how soon a version is in force, what a call costs, also while the store is away, a start with
 * many, and a service.
 */
export const functionsSection = {
  name: 'functions',
  usesProcesses: true,
  async run(context) {
    const measurements = []
    for (const measured of [publishes, calls, outages, starts, services]) {
      measurements.push(await measured(context))
    }
    return measurements
  },
}
