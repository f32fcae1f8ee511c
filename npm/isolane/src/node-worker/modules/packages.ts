/** What modules of a function ask Node for: its own modules, and packages. */

import { createRequire } from 'node:module'
import { join } from 'node:path'
import vm from 'node:vm'
import { importer } from '../script.js'

type Import = (specifier: string) => Promise<object>

/** Where packages are sought. */
interface Place {
  require: NodeRequire
  import: Import
}

/** A package's id: what is asked for, and from which folder; as `crates/isolane/src/modules/packages.rs` makes it. */
const ADDRESS = /^(\S+) from ([^]+)$/

/** Has Node load them, from the folders that their ids name. */
export class Packages {
  readonly #require: NodeRequire
  /** By folder. */
  readonly #places = new Map<string, Place>()

  /** @param require gives Node's own modules */
  constructor(require: NodeRequire) {
    this.#require = require
  }

  /** What `require` gives for an id: of a package, or of a module of Node's. */
  require(id: string): unknown {
    const sought = this.#sought(id)
    return sought === undefined ? this.#require(id) : sought[1].require(sought[0])
  }

  /** What `import` gives for the id of a package; `undefined` for another. */
  import(id: string): Promise<object> | undefined {
    const sought = this.#sought(id)
    return sought && sought[1].import(sought[0])
  }

  #sought(id: string): [specifier: string, place: Place] | undefined {
    const [, specifier, folder] = ADDRESS.exec(id) ?? []
    if (specifier === undefined || folder === undefined) return undefined
    let place = this.#places.get(folder)
    if (place === undefined) this.#places.set(folder, (place = placeAt(folder)))
    return [specifier, place]
  }
}

function placeAt(folder: string): Place {
  const filename = join(folder, 'functions.cjs')
  const require = createRequire(filename)
  const options = { filename, importModuleDynamically: importer(require, filename) }
  const script = new vm.Script('(specifier) => import(specifier)', options)
  return { require, import: script.runInThisContext() as Import }
}
