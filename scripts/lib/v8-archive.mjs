import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

import { triple } from './host.mjs'
import { root, targetDir } from './paths.mjs'
import { run } from './run.mjs'

const upstream = 'https://github.com/denoland/rusty_v8/releases/download'
const probeMs = 5_000
const neighbour = resolve(root, '..', 'shared', 'v8')

/** With one of these the user tells the v8 crate where its static library comes from. */
export const userVariables = ['RUSTY_V8_ARCHIVE', 'RUSTY_V8_MIRROR', 'V8_FROM_SOURCE']

/** The version of the v8 crate that Cargo.lock pins. */
export function v8Version() {
  const lock = readFileSync(join(root, 'Cargo.lock'), 'utf8')
  return /name = "v8"\r?\nversion = "([^"]+)"/.exec(lock)[1]
}

/** The name under which mirrors and upstream hold the static library. */
export function archiveName() {
  const windows = triple.includes('windows')
  return windows ? `rusty_v8_release_${triple}.lib.gz` : `librusty_v8_release_${triple}.a.gz`
}

/**
 * Where the v8 crate will find its prebuilt static library.
 *
 * @typedef {object} Source
 * @property {string} from for the reader
 * @property {Record<string, string>} env what the crate's build script needs to be told
 *
 * @returns {Promise<Source | undefined>} undefined when there is none within reach
 */
export async function findArchive() {
  return fromUser() ?? fromNeighbour() ?? fromEarlierBuild() ?? (await fromUpstream())
}

function fromUser() {
  const name = userVariables.find((variable) => process.env[variable])
  return name && { from: `${name}=${process.env[name]}`, env: {} }
}

/** A mirror folder beside the checkout: tag folders or a flat list of files, as the crate reads it. */
function fromNeighbour() {
  const places = [neighbour, join(neighbour, `v${v8Version()}`)]
  if (!places.some((place) => existsSync(join(place, archiveName())))) return undefined
  // With the fallback a file that the mirror lacks is looked for upstream.
  return { from: neighbour, env: { RUSTY_V8_MIRROR: neighbour, RUSTY_V8_MIRROR_FALLBACK: '1' } }
}

/**
 * What upstream gave once is kept: beside the build, with a record of its address that the crate
 * checks, or in cargo's home. A library without that record was copied from a mirror and is not
 * used again.
 */
function fromEarlierBuild() {
  const objects = join(targetDir, triple, 'release', 'gn_out', 'obj')
  const record = join(objects, triple.includes('windows') ? 'rusty_v8.sum' : 'librusty_v8.sum')
  if (existsSync(record) && readFileSync(record, 'utf8').includes(upstreamUrl())) {
    return { from: objects, env: {} }
  }
  const cargoHome = process.env.CARGO_HOME ?? join(homedir(), '.cargo')
  const key = `v${v8Version()}/${archiveName()}`.replace(/[^a-zA-Z0-9]/g, '_')
  const cached = join(cargoHome, '.rusty_v8', key)
  return existsSync(cached) ? { from: cached, env: {} } : undefined
}

function upstreamUrl() {
  return `${upstream}/v${v8Version()}/${archiveName()}`
}

async function fromUpstream() {
  const url = upstreamUrl()
  return (await answers(url)) ? { from: url, env: {} } : undefined
}

async function answers(url) {
  try {
    // fetch knows no proxy on the older Node lines; curl does, and the crate can use it as well.
    if (process.env.HTTPS_PROXY ?? process.env.https_proxy) {
      await run(['curl', '-sfIL', '--max-time', String(probeMs / 1000), url])
      return true
    }
    const response = await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(probeMs) })
    return response.ok
  } catch {
    return false
  }
}

/** What to tell a user whose machine reaches none: what is missing, what still works, the way out. */
export function adviceWithoutArchive() {
  return [
    `Missing: ${archiveName()}, the prebuilt V8 of the v8 crate ${v8Version()}. No mirror at ${neighbour}, and ${new URL(upstream).host} does not answer.`,
    'Still works: the scheduler and the TypeScript side (`cargo test -p isolane-core`, `npm run build:ts`). The isolates do not.',
    "To get it: set RUSTY_V8_MIRROR to a folder or URL that has the release's files, or RUSTY_V8_ARCHIVE and RUSTY_V8_SRC_BINDING_PATH to the two files, or V8_FROM_SOURCE=1; then run this again.",
  ].join('\n')
}
