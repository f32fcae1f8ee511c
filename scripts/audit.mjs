/**
 * What is known of the dependencies: `npm run audit`.
 *
 * cargo-deny holds the crates to `deny.toml`: their licences, what is banned, where they come from, and
 * the advisories on them; npm knows of advisories on its packages. Advisories are asked for over the
 * network. Where nobody answers, that is said; with `--all` it fails.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'

import { targetDir } from './lib/paths.mjs'
import { CommandError, npm, run } from './lib/run.mjs'
import { Refusal, report, step, yellow } from './lib/steps.mjs'

const DENY = '0.20.2'

/** Of npm's packages none is published with isolane, so a hole has to be worth a failed build. */
const GRAVE = ['high', 'critical']

async function audit({ all }) {
  const deny = await fetchDeny()
  const scope = ['--all-features', '--locked']
  const check = (...what) => run([deny, ...scope, 'check', '--hide-inclusion-graph', ...what])
  await step('Crates: licences, bans, sources', () => check('licenses', 'bans', 'sources'))
  await whereReachable(all, 'Crates: advisories', {
    reach: () => run([deny, ...scope, 'fetch', 'db']),
    ask: () => check('advisories'),
  })
  let answer
  await whereReachable(all, 'npm packages: advisories', {
    reach: async () => (answer = await auditNpm()),
    ask: async () => {
      const found = graveIn(answer)
      if (found.length > 0) throw new Refusal(found.join('\n'))
    },
  })
}

/** Compiled once, in the profile that is done soonest. */
async function fetchDeny() {
  const folder = join(targetDir, 'tools', `cargo-deny-${DENY}`)
  const file = join(folder, 'bin', process.platform === 'win32' ? 'cargo-deny.exe' : 'cargo-deny')
  if (!existsSync(file)) {
    const words = ['install', 'cargo-deny', '--version', `=${DENY}`, '--locked', '--debug']
    await step('cargo-deny', (onLine) => run(['cargo', ...words, '--root', folder], { onLine }))
  }
  return file
}

async function whereReachable(all, title, { reach, ask }) {
  const failure = await reach().then(() => undefined, whyCommandFailed)
  if (failure === undefined) return step(title, ask)
  if (all) throw failure
  console.log(`${yellow('–')} ${title} were not checked: ${failure.message}`)
}

function whyCommandFailed(error) {
  if (error instanceof CommandError) return error
  throw error
}

/** npm exits with 1 for what it found, too. */
async function auditNpm() {
  const text = await run([...npm(), 'audit', '--json']).catch(
    (error) => whyCommandFailed(error).output,
  )
  const answer = answerIn(text)
  if (answer !== undefined) return answer
  throw new CommandError(['npm', 'audit'], 'got no answer from the registry', text)
}

/** The report in what npm wrote, among its warnings; an error of the registry is none. */
export function answerIn(text) {
  try {
    const answer = JSON.parse(/^\{[^]*^\}/m.exec(text)?.[0])
    return answer.auditReportVersion === undefined ? undefined : answer
  } catch {
    return undefined
  }
}

/** @returns {string[]} a line for each package */
export function graveIn({ vulnerabilities }) {
  return Object.values(vulnerabilities)
    .filter(({ severity }) => GRAVE.includes(severity))
    .map(({ name, severity, via }) => {
      const titles = via.map((one) => one.title ?? one).join('; ')
      return `${name}: ${severity}: ${titles}`
    })
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { values } = parseArgs({ options: { all: { type: 'boolean', default: false } } })
  await audit(values).catch(report)
}
