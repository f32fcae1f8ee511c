import { fileURLToPath } from 'node:url'
import { startChild } from '../lib/children.mjs'
import { ISOLANE } from '../peers/contenders.mjs'

const CHILD = fileURLToPath(new URL('children/exits.mjs', import.meta.url))

const METRICS = [
  { key: 'idleMs', label: 'idle ms' },
  { key: 'busyMs', label: '100 endless calls ms' },
  { key: 'unstoppableMs', label: 'native code ms' },
  { key: 'closingMs', label: 'SIGTERM in close() ms' },
]

/** How long a process takes to end in the middle of work: from `process.exit()`, or SIGTERM. */
export const exitsSection = {
  name: 'exits',
  async run({ rounds, note }) {
    note('processes with 2 threads, and 100 calls outstanding but for the idle one')
    const samples = { [ISOLANE]: {} }
    for (const { key } of METRICS) {
      const kind = key.slice(0, -'Ms'.length)
      samples[ISOLANE][key] = []
      for (let round = 0; round < rounds; round++) samples[ISOLANE][key].push(await exit(kind))
    }
    return [{ id: 'exits', title: 'the end of a process', metrics: METRICS, samples }]
  },
}

/** Milliseconds from the child's word that it goes to its end. */
function exit(kind) {
  return new Promise((resolve, reject) => {
    const child = startChild([CHILD, kind], 'inherit')
    let went
    child.stdout.once('data', () => {
      went = performance.now()
      if (kind === 'closing') child.kill('SIGTERM')
    })
    child.once('error', reject)
    child.once('exit', () => resolve(performance.now() - went))
  })
}
