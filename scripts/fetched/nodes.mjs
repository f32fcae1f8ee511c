import { existsSync } from 'node:fs'

import { fetchAside } from './aside.mjs'
import { Refusal } from '../lib/steps.mjs'

/** The other Node lines that one and the same addon is tested on. */
const versions = { 22: '22.23.3', 24: '24.21.0', 26: '26.10.0' }

/**
 * The path of a Node binary.
 *
 * @param {string} name a path, or a major version, which is then fetched once: the npm package
 *   `node` is a shell around one package per platform, and that one is the binary
 * @returns {Promise<string>}
 */
export async function nodeBinary(name) {
  if (existsSync(name)) return name
  const version = versions[name]
  if (version === undefined) {
    const known = Object.keys(versions).join(', ')
    throw new Refusal(`--node ${name}: neither a file nor one of ${known}`)
  }
  const carrier = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`
  const file = process.platform === 'win32' ? 'node.exe' : 'node'
  const specifiers = [`${carrier}@${version}`]
  return fetchAside(`Node ${version}`, ['nodes', version], specifiers, [carrier, 'bin', file])
}
