import { applyPatch, diff, mergePatches, Pool } from 'isolane'
import { interleave, measure } from '../lib/measure.mjs'
import { SINGLE_THREADED } from '../peers/contenders.mjs'
import { changes, largeHotel } from './changes.mjs'

const METRICS = [
  { key: 'wallMs', label: 'wall ms' },
  { key: 'busyMs', label: 'main thread busy ms' },
  { key: 'sentMb', label: 'MB of JSON that come back' },
]

const MB = 1e6
const functions = Object.values(changes)
const megabytes = (value) => JSON.stringify(value).length / MB

/** Four functions change one hotel of 5 MB, each its own copy, and the changes are merged. */
export const patchesSection = {
  name: 'patches',
  async run({ rounds, threads, note }) {
    note('four functions that change one hotel')
    const hotel = largeHotel()
    const pool = new Pool({ threads })
    const copy = megabytes(hotel)
    const contenders = new Map(
      Object.entries({
        'pool.patch': async () => {
          const { value, applied } = await pool.patch(
            hotel,
            functions.map((fn) => ({ fn })),
          )
          return { value, sent: () => megabytes(applied) }
        },
        'pool.run, whole copies': async () => {
          const copies = await Promise.all(functions.map((fn) => pool.run(fn, hotel)))
          const { operations } = mergePatches(copies.map((changed) => diff(hotel, changed)))
          return { value: applyPatch(hotel, operations), sent: () => copy * copies.length }
        },
        [SINGLE_THREADED]: () => {
          const value = functions.reduce((changed, fn) => fn(changed), structuredClone(hotel))
          return { value, sent: () => 0 }
        },
      }),
    )
    const samples = await interleave(
      contenders,
      rounds,
      async (make) => {
        const { value, wallMs, busyMs } = await measure(make)
        return { wallMs, busyMs, sentMb: value.sent() }
      },
      1,
    )
    await pool.close()
    const title = `4 functions change one hotel of ${copy.toFixed(1)} MB`
    return [{ id: 'patches', title, metrics: METRICS, samples }]
  },
}
