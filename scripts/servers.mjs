/**
 * Installs the servers that tests need and this machine lacks, as far as a package manager can:
 * `node scripts/servers.mjs`.
 */
import { pathToFileURL } from 'node:url'

import { run } from './lib/run.mjs'
import { missingServers } from './lib/servers.mjs'
import { Refusal, report, step } from './lib/steps.mjs'

export async function installServers() {
  // The others come with npm's packages.
  const missing = () => missingServers().filter(({ apt }) => apt !== undefined)
  const packages = missing().map(({ apt }) => apt)
  if (packages.length > 0 && (await hasApt())) {
    const title = `Servers for tests: ${packages.join(', ')}`
    await step(title, (onLine) => install(packages, onLine))
  }
  refuseWithout(missing())
}

/** @throws {Refusal} tells how to get those that are missing */
export function refuseWithout(missing) {
  if (missing.length === 0) return
  const list = missing.map((server) => `${server.title}: ${server.missing}; ${server.fix}`)
  throw new Refusal(['Tests need servers that are not there:', ...list].join('\n  '))
}

async function install(packages, onLine) {
  // Root needs no sudo, and often has none.
  const sudo = process.getuid() === 0 ? [] : ['sudo', '-n']
  const env = { DEBIAN_FRONTEND: 'noninteractive' }
  await run([...sudo, 'apt-get', 'update'], { onLine, env })
  const flags = ['--yes', '--no-install-recommends']
  await run([...sudo, 'apt-get', 'install', ...flags, ...packages], { onLine, env })
}

async function hasApt() {
  try {
    await run(['apt-get', '--version'])
    return true
  } catch {
    return false
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await installServers().catch(report)
