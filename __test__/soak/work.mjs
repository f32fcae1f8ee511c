/* oxlint-disable always-return -- functions that never end are the point */
/** What the soak calls: each kind makes a call and says what may come of it. */
import assert from 'node:assert/strict'

const double = (x, index, { args, shared }) => x * 2 + (args ?? 0) + (shared.base ?? 0)
const odd = (x) => x % 2 === 1
const record = (x) => ({ x, text: `item ${x}`, list: [x, [x]], at: new Date(x) })
const failing = (x) => {
  if (x % 5 === 3) throw new RangeError(`no ${x}`)
  return x
}
const later = async (x) => (await Promise.resolve(x)) + 1
const spin = ([milliseconds, value]) => {
  const end = Date.now() + milliseconds
  while (Date.now() < end);
  return value
}
const forEver = () => {
  for (;;);
}
const hangAt = (x, index, { args }) => {
  if (index === args) for (;;);
  return x
}
const littering = () => {
  const again = () => Promise.resolve().then(again)
  void again()
  for (;;);
}
const hoard = () => {
  const all = []
  for (;;) all.push(new Array(1000).fill(all.length))
}
const buffers = () => {
  const all = []
  for (;;) all.push(new ArrayBuffer(1 << 20))
}
const leak = (x) => {
  globalThis.leaked ??= []
  for (let i = 0; i < 20; i++) globalThis.leaked.push(new Array(2000).fill(x))
  return x
}
const overflow = () => {
  const deeper = () => 1 + deeper()
  return deeper()
}
const tamper = (x) => {
  Array.prototype.map = () => 'tampered' // oxlint-disable-line no-extend-native
  Promise.prototype.then = undefined // oxlint-disable-line no-extend-native, no-thenable
  return x
}
const flood = (x, { log }) => {
  for (let i = 0; i < 2000; i++) log('x'.repeat(100))
  return x
}
/** Leaves a mark on its tenant's globals, and gives the one that it finds. */
const ownMark = (x) => (globalThis.mark ??= x)
const backtrack = () => /^(a+)+$/.test(`${'a'.repeat(40)}!`)
const uncloneable = () => ({ deep: [() => {}] })

const code = (...codes) => ({ codes: codes.map((name) => `ERR_ISOLANE_${name}`) })
const value = (expected) => ({ value: expected })

/**
 * By name: makes a call on `pool`, and gives it with what it must come to: a value, or one of some
 * error codes. `n` is a number of its own.
 */
export const kinds = {
  run: (pool, { n }) => [pool.run((x) => x + 1, n), value(n + 1)],
  async: (pool, { n }) => [pool.run(later, n), value(n + 1)],
  map: (pool, { n, items, base }) => [
    pool.map(items, double, { args: n, shared: [base] }),
    value(items.map((x) => x * 2 + n + 1000)),
  ],
  records: (pool, { items }) => [pool.map(items, record), value(items.map((x) => record(x)))],
  typed: (pool, { items }) => [
    pool.map(Float64Array.from(items), double),
    value(Float64Array.from(items, (x) => x * 2)),
  ],
  filter: (pool, { items }) => [pool.filter(items, odd), value(items.filter((x) => odd(x)))],
  forEach: (pool, { items }) => [pool.forEach(items, odd), value(undefined)],
  reduce: (pool, { items }) => [
    pool.reduce(items, { reduce: (a, b) => a + b, initial: 0 }),
    value(items.reduce((a, b) => a + b, 0)),
  ],
  stream: (pool, { items }) => [collect(pool.stream(items, later)), value(items.map((x) => x + 1))],
  slow: (pool, { n }) => [pool.run(spin, [n % 8, n]), value(n)],
  atItsDeadline: (pool, { n }) => [
    pool.run(spin, [2, n], { timeout: 2 }),
    { ...value(n), ...code('TIMEOUT') },
  ],
  failing: (pool, { items }) => [
    pool.map([...items, 3], failing, { chunkSize: 1 + (items.length % 7) }),
    code('FUNCTION'),
  ],
  failingItems: (pool, { items }) => [
    pool.map(items, failing, { onError: 'original' }).then(({ results }) => results),
    value(items),
  ],
  omitted: (pool, { items }) => [
    pool.map(items, failing, { onError: 'omit' }).then(({ results }) => results),
    value(items.filter((x) => x % 5 !== 3)),
  ],
  overflow: (pool) => [pool.run(overflow), code('FUNCTION')],
  uncloneable: (pool) => [pool.run(uncloneable), code('NOT_CLONEABLE')],
  neverSettles: (pool) => [pool.run(() => new Promise(() => {})), code('NEVER_SETTLES')],
  tamper: (pool, { n }) => [pool.run(tamper, n), value(n)],
  flood: (pool, { n }) => [pool.run(flood, n), value(n)],
  leak: (pool, { n }) => [pool.run(leak, n), { ...value(n), ...code('MEMORY_LIMIT') }],
  forEver: (pool) => [pool.run(forEver, 0, { timeout: 15 }), code('TIMEOUT')],
  littering: (pool) => [pool.run(littering, 0, { timeout: 15 }), code('TIMEOUT')],
  partial: (pool, { items }) => [partial(pool, [...items, 0]), value('consistent')],
  hoard: (pool) => [pool.run(hoard, 0, { timeout: 20_000 }), code('MEMORY_LIMIT')],
  buffers: (pool) => [pool.run(buffers, 0, { timeout: 20_000 }), code('MEMORY_LIMIT', 'FUNCTION')],
  aborted: (pool, { n, items }) => [
    pool.map(
      items.map((x) => [x % 4, x]),
      spin,
      { signal: AbortSignal.timeout(n % 40), chunkSize: 1 + (n % 3) },
    ),
    { ...value(items), ...code('ABORTED') },
  ],
  abortedLoop: (pool, { n }) => [
    pool.run(forEver, 0, { signal: AbortSignal.timeout(1 + (n % 10)) }),
    code('ABORTED'),
  ],
  large: (pool, { n }) => [
    pool.map(new Float64Array(20_000).fill(n), (x) => x + 1),
    value(new Float64Array(20_000).fill(n + 1)),
  ],
  tenants: (pool, { n }) => [
    pool.run(ownMark, n % 5, { tenant: `tenant ${n % 5}`, stateful: true }),
    value(n % 5),
  ],
  urgent: (pool, { n }) => [pool.run((x) => x - 1, n, { priority: 'high' }), value(n - 1)],
  backtracking: (pool) => [pool.run(backtrack, 0, { timeout: 15 }), code('TIMEOUT')],
  queued: (pool, { n }) => [
    pool.run(spin, [1, n], { queueTimeout: 1 + (n % 20) }),
    { ...value(n), ...code('QUEUE_TIMEOUT') },
  ],
}

/** Kinds that take long or throw the isolate away, and so shall be rare. */
export const rare = new Set(['hoard', 'buffers'])

async function collect(stream) {
  const results = []
  for await (const result of stream) results.push(result)
  return results
}

/** A map that hangs at its last item: what it gives must be its own, and add up. */
async function partial(pool, items) {
  const options = { timeout: 15, onTimeout: 'partial', args: items.length - 1 }
  const outcome = await pool.map(items, hangAt, options)
  assert.equal(outcome.status, 'partial')
  const missing = outcome.missing.reduce((sum, [start, end]) => sum + end - start, 0)
  assert.equal(outcome.completed + missing, items.length)
  outcome.results.forEach((result, index) => assert.equal(result, items[index]))
  assert.equal(Object.keys(outcome.results).length, outcome.completed)
  return 'consistent'
}

/** The kind of injected fault that would explain the error. */
export function faultBehind({ code: given, message, cause }) {
  const text = `${message} ${cause?.message ?? ''}`
  if (given === 'ERR_ISOLANE_WORKER_LOST' && text.includes('injected')) return 'panic'
  if (given === 'ERR_ISOLANE_MEMORY_LIMIT') return 'memory'
  const isRefusal =
    given === 'ERR_ISOLANE_FUNCTION' && /allocation failed|out of memory/i.test(text)
  return isRefusal ? 'memory' : undefined
}
