import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { Refusal } from '../lib/steps.mjs'

/** `from './x.js'` and `import('./x.js')`, and what only names a module. */
const imported = /\b(?:from|import)\s*\(?\s*['"](\.[^'"]+)\.js['"]/g
const comment = /\/\*[^]*?\*\//g

/**
 * The declarations that users' compilers read: those that an entry leads to.
 *
 * @param {string} entry a `.d.ts`
 * @returns {Set<string>} paths
 */
export function declarationsFrom(entry) {
  const found = new Set()
  const follow = (path) => {
    if (found.has(path)) return
    if (!existsSync(path)) throw new Refusal(`There is no ${path}`)
    found.add(path)
    const text = readFileSync(path, 'utf8').replaceAll(comment, '')
    for (const [, name] of text.matchAll(imported)) follow(join(dirname(path), `${name}.d.ts`))
  }
  follow(entry)
  return found
}
