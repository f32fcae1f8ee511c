import type { FunctionStore } from '../store/store.js'
import { CommandError, ExitCode } from './arguments.js'

/** What is exported under the name of a subpath. */
type Open = (options: { connection: string } | string) => FunctionStore

/** Subpaths by what a URL begins with. */
const SCHEMES: Readonly<Record<string, readonly [subpath: string, name: string]>> = {
  'redis:': ['redis', 'redis'],
  'rediss:': ['redis', 'redis'],
  'postgres:': ['postgres', 'postgres'],
  'postgresql:': ['postgres', 'postgres'],
  'mysql:': ['mysql', 'mysql'],
  'mariadb:': ['mysql', 'mysql'],
}

/**
 * The store that a URL, or the path of a folder, means.
 *
 * @throws {CommandError} it means none
 */
export function storeOf(url: string | undefined): FunctionStore {
  if (url === undefined || url === '') {
    throw new CommandError(
      ExitCode.WrongUse,
      'Which store? Pass --store URL, or set ISOLANE_STORE: redis://…, postgres://…, mysql://…, or the path of a folder',
    )
  }
  const [scheme] = /^[a-z]+:(?=\/\/)/.exec(url) ?? []
  if (scheme === undefined) return open('folder', 'folder')(url)
  const known = SCHEMES[scheme]
  if (known === undefined) {
    const schemes = Object.keys(SCHEMES).join(', ')
    throw new CommandError(
      ExitCode.WrongUse,
      `There is no store for ${scheme}; there are ${schemes}`,
    )
  }
  const connection = url.replace(/^mariadb:/, 'mysql:')
  return open(...known)({ connection })
}

/** Loaded where it is needed: each wants a package of its own. */
function open(subpath: string, name: string): Open {
  return (require(`../${subpath}/index.js`) as Record<string, Open>)[name]!
}

/** Files that somebody has edited in a folder are not this command's to publish. */
export function withoutEdits(store: FunctionStore): FunctionStore {
  const { watch } = store
  return {
    head: () => store.head(),
    read: (since) => store.read(since),
    records: (refs) => store.records(refs),
    commit: (change, expect) => store.commit(change, expect),
    history: (query) => store.history(query),
    ...(watch === undefined ? {} : { watch: (hint) => watch.call(store, hint) }),
    close: async () => store.close?.(),
  }
}
