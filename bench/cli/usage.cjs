/** Loaded before a program: at its end it tells what the process used, in the file that the variable names. */
const { writeFileSync } = require('node:fs')
const { isMainThread } = require('node:worker_threads')

if (isMainThread) {
  process.once('exit', () => {
    const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage()
    const usage = { rssMb: maxRSS / 1024, cpuMs: (userCPUTime + systemCPUTime) / 1000 }
    writeFileSync(process.env.ISOLANE_BENCH_USAGE, JSON.stringify(usage))
  })
}
