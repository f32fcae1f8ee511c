import { existsSync, readFileSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

import { triple } from './host.mjs'
import { packageDir, root, targetDir } from './paths.mjs'
import { run } from './run.mjs'

const upstream = 'https://github.com/denoland/rusty_v8/releases/download'
const neighbour = resolve(root, '..', 'shared', 'v8')

/** With one of these the user tells the v8 crate where its static library comes from. */
export const userVariables = [
  'V8_FROM_SOURCE',
  'RUSTY_V8_ARCHIVE',
  'RUSTY_V8_MIRROR',
  'RUSTY_V8_MIRROR_FALLBACK',
  'RUSTY_V8_MIRROR_TAG',
]

/** How long a server may take to answer before it counts as out of reach. */
const probeMs = 5_000

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
 * @param {object} [options]
 * @param {number} [options.patienceMs] how long a server may take to answer
 * @returns {Promise<Source | undefined>} undefined when there is none within reach
 */
export async function findArchive({ patienceMs = probeMs } = {}) {
  if (isOn('V8_FROM_SOURCE')) return { from: 'V8_FROM_SOURCE', env: {} }
  const sources = candidates()
  const atHand = sources.find(({ from }) => (isRemote(from) ? wasFetched(from) : existsSync(from)))
  if (atHand !== undefined) return atHand
  const remote = sources.filter(({ from }) => isRemote(from))
  const answered = await Promise.all(remote.map(({ from }) => answers(from, patienceMs)))
  return remote[answered.indexOf(true)]
}

/** The places where the crate will look, in its order. */
function candidates() {
  const { RUSTY_V8_ARCHIVE: archive, RUSTY_V8_MIRROR: mirror } = process.env
  if (archive) return archivePlaces(archive).map((from) => ({ from, env: {} }))
  if (mirror) {
    const places = mirrorPlaces(mirror)
    if (isOn('RUSTY_V8_MIRROR_FALLBACK')) places.push(upstreamUrl())
    return places.map((from) => ({ from, env: {} }))
  }
  // With the fallback a file that the folder lacks is looked for upstream.
  const env = { RUSTY_V8_MIRROR: neighbour, RUSTY_V8_MIRROR_FALLBACK: '1' }
  const places = mirrorPlaces(neighbour).map((from) => ({ from, env }))
  return [...places, { from: upstreamUrl(), env: {} }]
}

/** `RUSTY_V8_ARCHIVE` is a file, a URL, or a folder with the release's file, packed or not. */
function archivePlaces(archive) {
  const isFolder = statSync(archive, { throwIfNoEntry: false })?.isDirectory()
  if (!isFolder) return [archive]
  return [archiveName(), archiveName().replace(/\.gz$/, '')].map((name) => join(archive, name))
}

/** `RUSTY_V8_MIRROR` is a template, or has a folder per tag; a local one may also be flat. */
function mirrorPlaces(mirror) {
  const file = archiveName()
  if (mirror.includes('{')) {
    const values = {
      tag: tag(),
      version: v8Version(),
      target: triple,
      profile: 'release',
      features: '',
      file,
    }
    return [mirror.replaceAll(/\{(\w+)\}/g, (text, name) => values[name] ?? text)]
  }
  if (isRemote(mirror)) return [`${mirror}/${tag()}/${file}`]
  return [join(mirror, tag(), file), join(mirror, file)]
}

function upstreamUrl() {
  return `${upstream}/${tag()}/${archiveName()}`
}

function tag() {
  return process.env.RUSTY_V8_MIRROR_TAG ?? `v${v8Version()}`
}

/** A switch, as the crate reads it. */
function isOn(name) {
  return ['1', 'true', 'yes'].includes(process.env[name])
}

function isRemote(place) {
  return /^https?:/.test(place)
}

/**
 * What a server gave once is kept: beside the build, with a record of its address that the crate
 * checks, or in cargo's home. A library without that record was copied from a folder and is not
 * used again.
 */
function wasFetched(url) {
  const objects = join(targetDir, triple, 'release', 'gn_out', 'obj')
  const record = join(objects, triple.includes('windows') ? 'rusty_v8.sum' : 'librusty_v8.sum')
  if (existsSync(record) && readFileSync(record, 'utf8').split(/\s/).includes(url)) return true
  const cargoHome = process.env.CARGO_HOME ?? join(homedir(), '.cargo')
  const key = `${tag()}/${archiveName()}`.replace(/[^a-zA-Z0-9]/g, '_')
  return existsSync(join(cargoHome, '.rusty_v8', key))
}

async function answers(url, patienceMs) {
  try {
    // fetch knows no proxy on the older Node lines; curl does, and the crate can use it as well.
    if (process.env.HTTPS_PROXY ?? process.env.https_proxy) {
      await run(['curl', '-sfIL', '--max-time', String(patienceMs / 1000), url])
      return true
    }
    const response = await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(patienceMs) })
    return response.ok
  } catch {
    return false
  }
}

/** What to tell a user whose machine reaches none: what is missing, what still works, the way out. */
export function adviceWithoutArchive() {
  const { toGetIt } = JSON.parse(
    readFileSync(join(packageDir, 'src', 'pool', 'v8-advice.json'), 'utf8'),
  )
  const places = candidates().map(({ from }) => from)
  return [
    `Missing: the prebuilt V8 of the v8 crate ${v8Version()}. It is neither at ${places.join(' nor at ')}.`,
    "Still works: pools on Node's Workers (engine 'node', which 'auto' then stands for). Engine 'v8' and sandbox: true throw ERR_ISOLANE_ENGINE_UNAVAILABLE.",
    `To get it: ${toGetIt}.`,
  ].join('\n')
}
