/** Servers for tests, each file with its own. */
import { after, before, describe } from 'node:test'

import { servers } from '../../../scripts/lib/servers.mjs'
import { programs } from './programs.mjs'
import { Server } from './server.mjs'

export { account } from './programs.mjs'

/** Whoever says so wants no test of servers skipped. */
const isRequired = process.env.ISOLANE_TEST_SERVERS === 'required'

/**
 * Tests that have a server: it is started before the first and ended after the last. Where its program is not
 * installed they are skipped, and say how to get it.
 *
 * @param {keyof typeof programs} kind
 * @param {(server: () => Server) => void} body
 */
export function onServer(kind, body) {
  const { title, find, missing, fix } = servers[kind]
  const skip = !isRequired && find() === undefined && `${missing}: ${fix}`
  describe(`on ${title}`, { skip }, () => {
    let server
    before(async () => {
      if (find() === undefined) throw new Error(`${missing}: ${fix}`)
      server = await Server.start(programs[kind])
    })
    after(() => server?.stop())
    body(() => server)
  })
}
