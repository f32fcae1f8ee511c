import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

import { root } from './paths.mjs'

/**
 * What defines the wire, relative to the checkout, as `crates/isolane/build.rs` has it: files, and
 * folders of Rust sources. The bundles of the isolates stand for the codec.
 */
export const wireSources = [
  'crates/isolane-node/src',
  'crates/isolane-v8/src/codec.js',
  'crates/isolane-v8/src/prelude.js',
  'crates/isolane/src',
  'npm/isolane/src/addon/codes.ts',
  'npm/isolane/src/addon/inbox.ts',
  'npm/isolane/src/addon/native.ts',
  'npm/isolane/src/addon/outbox.ts',
  'npm/isolane/src/protocol.ts',
]

/**
 * Names the wire that the sources define: the version of the package, and a hash of them. The addon
 * carries the same name from its own build, so that JavaScript of other sources is found out when
 * it loads it.
 *
 * @param {string} [checkout]
 * @returns {string} such as `1.2.3+0f1e2d3c`
 */
export function wireId(checkout = root) {
  const manifest = join(checkout, 'npm', 'isolane', 'package.json')
  const { version } = JSON.parse(readFileSync(manifest, 'utf8'))
  const files = wireSources.flatMap((source) => filesOf(join(checkout, source)))
  const hash = files.reduce((state, file) => fnv1a(state, readFileSync(file)), 0x811c9dc5)
  return `${version}+${(hash >>> 0).toString(16).padStart(8, '0')}`
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

/** A few lines in either language. It is to tell builds apart, not to withstand anybody. */
function fnv1a(state, bytes) {
  for (const byte of bytes) state = Math.imul(state ^ byte, 0x01000193)
  return state
}
