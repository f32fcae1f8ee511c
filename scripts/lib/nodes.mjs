import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { targetDir } from './paths.mjs'
import { npm, run } from './run.mjs'
import { Refusal, step } from './steps.mjs'

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
  const folder = join(targetDir, 'nodes', version)
  const carrier = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`
  const file = process.platform === 'win32' ? 'node.exe' : 'node'
  const binary = join(folder, 'node_modules', carrier, 'bin', file)
  if (!existsSync(binary)) {
    await step(`Node ${version}`, (onLine) => install(folder, `${carrier}@${version}`, onLine))
  }
  return binary
}

async function install(folder, specifier, onLine) {
  mkdirSync(folder, { recursive: true })
  // A package.json of its own keeps npm from taking the checkout for the project.
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n')
  const flags = ['--no-save', '--no-audit', '--no-fund', '--no-progress', '--ignore-scripts']
  await run([...npm(), 'install', specifier, ...flags], { cwd: folder, onLine })
}
