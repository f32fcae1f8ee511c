import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

import { triple } from './host.mjs'
import { root, targetDir } from './paths.mjs'

const upstream = 'https://github.com/denoland/rusty_v8/releases/download'
const probeMs = 5_000

/** With one of these the user tells the v8 crate where its static library comes from. */
const userVariables = [
  'RUSTY_V8_ARCHIVE',
  'RUSTY_V8_MIRROR',
  'RUSTY_V8_SKIP_DOWNLOAD',
  'V8_FROM_SOURCE',
]

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
  const mirror = resolve(root, '..', 'shared', 'v8')
  const places = [mirror, join(mirror, `v${v8Version()}`)]
  if (!places.some((place) => existsSync(join(place, archiveName())))) return undefined
  // With the fallback a file that the mirror lacks is looked for upstream.
  return { from: mirror, env: { RUSTY_V8_MIRROR: mirror, RUSTY_V8_MIRROR_FALLBACK: '1' } }
}

/** What upstream gave once is kept by the crate, in the target folder or in cargo's home. */
function fromEarlierBuild() {
  const library = triple.includes('windows') ? 'rusty_v8.lib' : 'librusty_v8.a'
  const cargoHome = process.env.CARGO_HOME ?? join(homedir(), '.cargo')
  const key = `v${v8Version()}/${archiveName()}`.replace(/[^a-zA-Z0-9]/g, '_')
  const kept = [
    join(targetDir, triple, 'release', 'gn_out', 'obj', library),
    join(cargoHome, '.rusty_v8', key),
  ].find((path) => existsSync(path))
  return kept && { from: kept, env: {} }
}

async function fromUpstream() {
  const url = `${upstream}/v${v8Version()}/${archiveName()}`
  return (await answers(url)) ? { from: url, env: {} } : undefined
}

async function answers(url) {
  try {
    const response = await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(probeMs) })
    return response.ok
  } catch {
    return false
  }
}

/** What to tell a user whose machine reaches no archive: what is missing, what works, the way out. */
export function adviceWithoutArchive() {
  return [
    `V8 for the v8 crate ${v8Version()} (${archiveName()}) is not within reach: no mirror folder at ${resolve(root, '..', 'shared', 'v8')} and no answer from ${new URL(upstream).host}.`,
    'Without it isolane builds only in part: isolane-core and the TypeScript side work (`cargo test -p isolane-core`), the isolates do not.',
    'Fetch the archive and its src_binding file elsewhere and set RUSTY_V8_ARCHIVE=<file> and RUSTY_V8_SRC_BINDING_PATH=<file>, or RUSTY_V8_MIRROR=<folder or URL>; HTTPS_PROXY is honoured by the download.',
  ].join('\n')
}
