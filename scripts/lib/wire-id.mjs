import { createHash } from 'node:crypto'
import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

import { root } from './paths.mjs'

/**
 * What defines the wire, relative to the checkout: files, and folders of Rust sources. The bundles of
 * the isolates stand for the codec.
 */
export const wireSources = [
  'crates/isolane-driver/src',
  'crates/isolane-node/src',
  'crates/isolane-v8/src/codec.js',
  'crates/isolane-v8/src/globals.js',
  'crates/isolane-v8/src/prelude.js',
  'crates/isolane-wire/src',
  'crates/isolane/src',
  'npm/isolane/src/addon/codes.ts',
  'npm/isolane/src/addon/inbox.ts',
  'npm/isolane/src/addon/native.ts',
  'npm/isolane/src/addon/outbox.ts',
  'npm/isolane/src/protocol.ts',
]

/**
 * Names the wire that the sources define: the version of the package, and a hash of them. JavaScript and
 * addon both carry the name, so that JavaScript of other sources is found out when it loads an addon.
 * The hash is to tell builds apart, not to withstand anybody.
 *
 * @param {string} [checkout]
 * @returns {string} such as `1.2.3+0f1e2d3c`
 */
export function wireId(checkout = root) {
  const manifest = join(checkout, 'npm', 'isolane', 'package.json')
  const { version } = JSON.parse(readFileSync(manifest, 'utf8'))
  const hash = createHash('sha256')
  for (const source of wireSources) {
    for (const file of filesOf(join(checkout, source))) hash.update(readFileSync(file))
  }
  return `${version}+${hash.digest('hex').slice(0, 8)}`
}

/** By this cargo is told the name that an addon carries. */
export function wireVariables() {
  return { ISOLANE_WIRE_ID: wireId() }
}

/** A file is itself; of a folder it is all Rust sources below it, by name. */
function filesOf(path) {
  if (!statSync(path).isDirectory()) return [path]
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() || entry.name.endsWith('.rs'))
    .map((entry) => entry.name)
    .sort()
    .flatMap((name) => filesOf(join(path, name)))
}
