import { inspect } from 'node:util'

import { CommandError, ExitCode } from './arguments.js'
import { FunctionFiles } from '../folder/files.js'
import type { Publication } from '../changes/publications.js'
import { declaredIn } from '../link/source.js'
import type { FunctionDetails } from '../registry/info.js'
import type { FunctionRegistry } from '../registry/registry.js'

/** What a push would change. */
export interface Plan {
  readonly publications: readonly Publication[]
  /** Names that are in the store and not in the folder. */
  readonly remove: readonly string[]
  /** Files that are left out, since no function can have their names. */
  readonly leftOut: readonly string[]
  /** A line each: `+` for a new function, `~` for another text or tag, `-` for one that goes. */
  readonly lines: readonly string[]
}

/** What a push is of. */
export interface Scope {
  /** Only functions that begin so. */
  readonly prefix?: string | undefined
  /** Which those of the folder are to have; only functions that have it go. */
  readonly tag?: string | undefined
  /** Whether what the folder has not is to go. */
  readonly remove: boolean
}

/**
 * Compares a folder with what is in force.
 *
 * @throws {CommandError} there is nothing in it
 */
export async function planOf(
  registry: FunctionRegistry,
  folder: string,
  { prefix = '', tag, remove: removes }: Scope,
): Promise<Plan> {
  const files = new FunctionFiles(folder)
  const names = [...(await files.list()).keys()].filter((name) => name.startsWith(prefix)).sort()
  const leftOut = files.misnamed.filter((path) => path.startsWith(prefix))
  if (names.length === 0) {
    const [first] = leftOut
    const hint = first === undefined ? '' : `; no function can be named as ${inspect(first)} is`
    throw new CommandError(
      ExitCode.WrongUse,
      `${folder} holds no functions (files such as lib/tax.js)${hint}`,
    )
  }
  const publications: Publication[] = []
  const lines: string[] = []
  for (const name of names) {
    const source = (await files.read(name)) ?? ''
    const planned = plannedOf(name, source, registry.get(name), tag)
    if (planned === undefined) continue
    publications.push(planned.publication)
    lines.push(planned.line)
  }
  const there = new Set(names)
  const which = tag === undefined ? { prefix } : { prefix, tag }
  const inStore = removes ? registry.list(which).map(({ name }) => name) : []
  const remove = inStore.filter((name) => !there.has(name))
  return { publications, remove, leftOut, lines: [...lines, ...remove.map((name) => `- ${name}`)] }
}

/** What is to become of a function of the folder, if anything. */
function plannedOf(
  name: string,
  source: string,
  inForce: FunctionDetails | undefined,
  tag: string | undefined,
): { publication: Publication; line: string } | undefined {
  const { version = 0, tags = [], requires = {} } = inForce ?? {}
  const isSame = inForce?.source === source
  const isTagged = tag === undefined || tags.includes(tag)
  if (isSame && isTagged) return undefined
  const publication = {
    name,
    source,
    // What somebody else publishes meanwhile is not written over.
    ifVersion: version,
    ...(isTagged ? {} : { tags: [...tags, tag] }),
    // Where only the tag changes, what it requires stays too.
    ...(isSame ? { requires: declaredIn(requires) } : {}),
  }
  const state = ` (version ${version}${isSame ? ', tag' : ''})`
  return { publication, line: version === 0 ? `+ ${name}` : `~ ${name}${state}` }
}
