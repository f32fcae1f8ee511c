/** Functions for warm-ups, and what they leave to be seen. */
import { hoard, rejection, until } from '../support/pools.mjs'

export const one = { threads: 1 }
export const two = { threads: 2 }
export const say = { name: 'say', source: '(x) => (console.log(x), x)' }
export const hang = { name: 'hang', source: '() => { for (;;) {} }' }
export const failAtTwo = {
  name: 'failAtTwo',
  source: '(x) => { if (x === 2) throw new Error("two") }',
}
/** Tells of its evaluation, of which each context of a stateful function has one. */
export const counted = {
  name: 'counted',
  source: '(() => { console.log("evaluated"); return (x) => x * 2 })()',
}

/** What is logged from now on: `[worker, function, message]`. */
export function linesOf(pool) {
  const lines = []
  pool.on('log', ({ worker, function: fn, message }) => lines.push([worker, fn, message]))
  return lines
}

/** Has the only worker of a pool replaced. */
export async function replace(pool) {
  const [{ id }] = pool.status()
  await rejection(pool.run(hoard))
  await until(() => pool.status()[0].id !== id)
}
