/**
 * Functions that read, copy and change a shared value in many ways. Most of them write, or look as if
 * they did; whatever one does, a later call in the same context must find the value as it was.
 */
import { randomFunction } from '../../../crates/isolane-check/fuzz/random-functions.mjs'
import { Finding, isTyped, shown } from '../finding.mjs'
import { Pool } from 'isolane'

export const engines = ['v8']
export const block = 500

const BOUND_MB = 900
/** Functions on a tenant's set of globals, before the next has a turn. */
const PER_TENANT = 20

/** Without buffers: JavaScript cannot freeze what is in them, and the docs say so. */
const DATA = {
  a: { b: [1, { c: 2 }] },
  b: 'text',
  name: 'aaa',
  deep: { deep: { list: [[1], [2]] } },
  list: [{ a: 1 }, { a: 2, b: [3] }, 5, 'a'],
  map: new Map([
    ['a', { v: 1 }],
    [1, [1]],
  ]),
  set: new Set(['a', 1, 2]),
  date: new Date(0),
  re: /a/g,
}

/** All of a value that one can see, as text. It must not keep the function around it from being proven. */
const STATE = `(value) => {
  const tell = (it) => {
    if (typeof it !== 'object' || it === null) return String(it)
    const own = Object.entries(it).map(([key, inner]) => key + '=' + tell(inner)).join()
    if (Array.isArray(it)) return '[' + it.length + ':' + own + ']'
    if (it instanceof Map) return 'Map' + tell([...it.entries()])
    if (it instanceof Set) return 'Set' + tell([...it.values()])
    if (it instanceof Date) return 'Date' + it.getTime()
    if (it instanceof RegExp) return 'RegExp' + it.lastIndex
    return '{' + own + '}'
  }
  return tell(value)
}`
const READ = { name: 'read', source: `(x, { shared }) => (${STATE})(shared.data)` }

/** A function that does what `text` does, or tells what it sees. */
function observing(text) {
  const call = text.startsWith('run(')
    ? `({ ${text} }).run(x.item, 0, context)`
    : `(${text})(x.item, 0, context)`
  return `(x, context) => x.tell ? (${STATE})(context.shared.data) : ${call}`
}

export async function open() {
  const pool = new Pool({ engine: 'v8', threads: 1, maxLostWorkers: 1000 })
  pool.on('error', () => {})
  let unproven = false
  pool.on('log', ({ message }) => (unproven ||= message.startsWith('shared values are frozen')))
  const shared = [await pool.share('data', DATA)]
  const expected = await pool.run(READ, 0, { shared })

  async function round(number, random) {
    const text = randomFunction(random.next)
    const fn = { name: 'fn', source: observing(text) }
    const tenant = `${Math.floor(number / PER_TENANT)}`
    const scope = random.pick([{}, { tenant, stateful: true }])
    const options = { shared, timeout: 5000, ...scope }
    const check = async (it, arg) => {
      const found = await pool.run(it, arg, options)
      if (found !== expected) throw new Finding('a mark', `${text}\nleaves\n${found}`)
    }
    unproven = false
    try {
      await check(fn, { tell: true })
    } catch (error) {
      // Not every text that is drawn is one of a function.
      if (error.code !== 'ERR_ISOLANE_SOURCE') throw error
      return error.code
    }
    let outcome = 'value'
    try {
      await pool.run(fn, { item: { a: 1, list: [1, 2] } }, options)
    } catch (error) {
      if (!isTyped(error)) throw new Finding('untyped error', shown(error))
      outcome = error.code
    }
    await check(fn, { tell: true })
    if (scope.stateful) await check(READ, 0)
    return unproven ? `${outcome}, frozen` : outcome
  }
  return {
    boundMb: BOUND_MB,
    round,
    describe: (_, random) => ({ text: randomFunction(random.next) }),
    close: () => pool.destroy(),
  }
}
