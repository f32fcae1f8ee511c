import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { Pool } from 'isolane'
import { allIdle, withPool } from '../support/pools.mjs'

/** How nice a thread of this process is; see proc(5). */
function niceness(thread) {
  const stat = readFileSync(`/proc/self/task/${thread}/stat`, 'utf8')
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16])
}

const own = () => niceness(process.pid)
const all = () =>
  readdirSync('/proc/self/task').flatMap((thread) => {
    try {
      return [niceness(thread)]
    } catch {
      return [] // It has ended meanwhile.
    }
  })

const onLinux = { skip: process.platform !== 'linux' && 'only Linux has it for each thread' }

describe('niceIncrement', () => {
  it('can be none', onLinux, () =>
    withPool({ threads: 3, niceIncrement: 0 }, async (pool) => {
      await allIdle(pool)
      const others = all().filter((nice) => nice !== own())
      assert.deepEqual(others, [])
    }),
  )

  it('is 10 unless said otherwise', onLinux, () =>
    withPool({ threads: 3, niceIncrement: undefined }, async (pool) => {
      await allIdle(pool)
      const nicer = all().filter((nice) => nice === Math.min(19, own() + 10))
      assert.ok(nicer.length >= 3, `${nicer.length} threads are nicer`)
    }),
  )

  it('is how much nicer the workers are than the threads of the service', onLinux, () =>
    withPool({ threads: 3, niceIncrement: 7 }, async (pool) => {
      await allIdle(pool)
      const nicer = all().filter((nice) => nice === Math.min(19, own() + 7))
      assert.ok(nicer.length >= 3, `${nicer.length} threads are nicer`)
    }),
  )

  for (const niceIncrement of [-1, 20, 1.5, NaN]) {
    it(`refuses ${niceIncrement}`, () => {
      assert.throws(() => new Pool({ niceIncrement }), {
        name: 'RangeError',
        code: 'ERR_ISOLANE_INVALID_ARGUMENT',
        message: /^niceIncrement must be/,
      })
    })
  }
})
