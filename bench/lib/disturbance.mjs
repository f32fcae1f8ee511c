import { cpus } from 'node:os'

/** CPU milliseconds since boot of the whole machine and of this process. */
function snapshot() {
  const busy = cpus().map(({ times }) => times.user + times.nice + times.sys + times.irq)
  const { user, system } = process.cpuUsage()
  return {
    at: performance.now(),
    cores: busy.length,
    machineMs: busy.reduce((sum, ms) => sum + ms, 0),
    ownMs: (user + system) / 1000,
  }
}

/**
 * Watches how much of the machine other processes take: with two threads on two cores they slow
 * down the parallel contenders more than the single thread.
 *
 * @returns {() => number} the share (0 to 1) since the call
 */
export function watchDisturbance() {
  const before = snapshot()
  return () => {
    const after = snapshot()
    const others = after.machineMs - before.machineMs - (after.ownMs - before.ownMs)
    return Math.max(0, others / ((after.at - before.at) * after.cores))
  }
}
