/** How each kind of server is run for tests: quickly, and so that a killed process loses nothing it has confirmed. */
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import {
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { connect } from 'node:net'
import { dirname, join, relative } from 'node:path'
import { promisify } from 'node:util'

import { servers } from '../../../scripts/lib/servers.mjs'
import { makeCertificate, withoutCertificates } from './certificate.mjs'

const run = promisify(execFile)
const isRoot = process.getuid?.() === 0

/** @type {import('./server.mjs').Program} */
const redis = {
  command: ({ folder, port }) => [
    servers.redis.find().server,
    [
      ['--bind', '127.0.0.1', '--port', String(port), '--dir', folder],
      ['--save', '', '--appendonly', 'yes', '--appendfsync', 'everysec'],
    ].flat(),
  ],
  async ready(port) {
    const socket = connect(port, '127.0.0.1')
    try {
      await once(socket, 'connect')
      socket.write('PING\r\n')
      const [answer] = await once(socket, 'data')
      if (!String(answer).startsWith('+PONG')) throw new Error(String(answer))
    } finally {
      socket.destroy()
    }
  },
}

/** The owner of a test's databases. */
export const account = { user: 'isolane', password: 'it\'s "secret"' }

/** @type {import('./server.mjs').Program} */
const mariadb = {
  async make({ folder }) {
    const data = join(folder, 'data')
    await run(
      servers.mariadb.find().make,
      [
        ['--no-defaults', `--datadir=${data}`, '--innodb-log-file-size=4M'],
        ['--skip-test-db', '--auth-root-authentication-method=normal'],
        isRoot ? ['--user=root'] : [],
      ].flat(),
    )
    if (withoutCertificates === undefined) makeCertificate(folder)
    const { user, password } = account
    writeFileSync(
      join(folder, 'accounts.sql'),
      `CREATE DATABASE IF NOT EXISTS functions;
CREATE USER IF NOT EXISTS '${user}'@'%' IDENTIFIED BY '${password.replaceAll("'", "''")}';
GRANT ALL ON *.* TO '${user}'@'%' WITH GRANT OPTION;
`,
    )
  },
  command: ({ folder, port }) => [
    servers.mariadb.find().server,
    [
      ['--no-defaults', `--datadir=${join(folder, 'data')}`, '--innodb-log-file-size=4M'],
      ['--bind-address=127.0.0.1', `--port=${port}`, '--skip-name-resolve'],
      [`--socket=${join(folder, 'socket')}`, `--pid-file=${join(folder, 'pid')}`],
      // Written at each commit, which is enough where only processes are killed.
      ['--innodb-flush-log-at-trx-commit=2', `--init-file=${join(folder, 'accounts.sql')}`],
      isRoot ? ['--user=root'] : [],
      withoutCertificates === undefined
        ? [`--ssl-cert=${join(folder, 'cert.pem')}`, `--ssl-key=${join(folder, 'key.pem')}`]
        : [],
    ].flat(),
  ],
  async ready(port) {
    const { createConnection } = await import('mysql2/promise')
    const connection = await createConnection({ host: '127.0.0.1', port, ...account })
    await connection.query('SELECT 1 FROM mysql.user LIMIT 1')
    await connection.end()
  },
}

/** @type {import('./server.mjs').Program} */
const postgres = {
  isNeverRoot: true,
  // It has memory of the system's, which it gives back when it is asked to end.
  stopSignal: 'SIGQUIT',
  async make({ folder, uid }) {
    const { make } = await binaries({ folder, uid })
    const { user, password } = account
    if (withoutCertificates === undefined) {
      const { key } = makeCertificate(folder)
      if (uid !== undefined) chownSync(key, uid, uid)
    }
    const secret = join(folder, 'secret')
    writeFileSync(secret, password)
    await run(
      make,
      [
        ['-D', join(folder, 'data'), '-U', user, `--pwfile=${secret}`],
        ['--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', '--no-sync'],
      ].flat(),
      { cwd: folder, ...as(uid) },
    )
  },
  command: ({ folder, port }) => [
    programsIn(folder).server,
    [
      ['-D', join(folder, 'data'), '-h', '127.0.0.1', '-p', String(port), '-k', ''],
      ['-c', 'fsync=off', '-c', 'shared_buffers=16MB', '-c', 'dynamic_shared_memory_type=mmap'],
      withoutCertificates === undefined
        ? ['ssl=on', `ssl_cert_file=${folder}/cert.pem`, `ssl_key_file=${folder}/key.pem`].flatMap(
            (setting) => ['-c', setting],
          )
        : [],
    ].flat(),
  ],
  async ready(port) {
    const { default: pg } = await import('pg')
    const client = new pg.Client({ host: '127.0.0.1', port, database: 'postgres', ...account })
    client.on('error', () => {})
    await client.connect()
    await client.end()
  },
}

const as = (uid) => (uid === undefined ? {} : { uid, gid: uid })

/** Those of npm; where their user may not go to where they lie, a copy beside the data. */
async function binaries({ folder, uid }) {
  const found = servers.postgres.find()
  linkLibraries(found.folder)
  try {
    await run(found.server, ['--version'], { cwd: folder, ...as(uid) })
  } catch {
    mkdirSync(join(folder, 'postgres'))
    cpSync(found.folder, join(folder, 'postgres'), { recursive: true, verbatimSymlinks: true })
  }
  return programsIn(folder)
}

/** npm's packages have no links: which there should be stands in a list, for a script that set-up does not run. */
function linkLibraries(folder) {
  const list = JSON.parse(readFileSync(join(folder, 'pg-symlinks.json'), 'utf8'))
  for (const { source, target } of list) {
    const link = join(dirname(folder), target)
    try {
      symlinkSync(relative(dirname(link), join(dirname(folder), source)), link)
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
    }
  }
}

function programsIn(folder) {
  const copy = join(folder, 'postgres', 'bin')
  if (!existsSync(copy)) return servers.postgres.find()
  return { server: join(copy, 'postgres'), make: join(copy, 'initdb') }
}

export const programs = { redis, postgres, mariadb }
