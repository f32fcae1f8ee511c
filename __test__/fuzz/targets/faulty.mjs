/** Faults of every kind, by the number of the round: for the test of what watches. */
import { Finding } from '../finding.mjs'

export const engines = [undefined]
export const block = 100

const ROUNDS = [
  () => 'right',
  () => process.kill(process.pid, 'SIGSEGV'),
  () => process.exit(7),
  () => process.stdout.write('a line\n'),
  () => process.stderr.write('a line\n'),
  () => {
    throw new Finding('untyped error', 'bare')
  },
  // The round does not end before.
  () =>
    new Promise((resolve) => {
      setImmediate(() => {
        setImmediate(resolve)
        throw new Error('uncaught')
      })
    }),
  () => new Promise(() => {}),
  () => {
    for (;;);
  },
  () => new Promise((resolve) => setTimeout(resolve, 60_000, Buffer.alloc(600 * 2 ** 20, 1))),
]

export const open = () => ({
  boundMb: 400,
  async round(number) {
    await ROUNDS[number]()
    return 'done'
  },
  async close() {},
})
