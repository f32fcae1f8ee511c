import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { root, targetDir } from './paths.mjs'

/**
 * A record of what something was made from: time and size of each input file, plus words such as
 * versions. It says "unchanged" in milliseconds, where asking cargo takes seconds.
 */
export class Stamp {
  #file
  #inputs
  #words
  #outputs

  /**
   * @param {string} name
   * @param {object} parts
   * @param {string[]} parts.inputs files and folders, relative to the checkout
   * @param {string[]} [parts.words] what else the outcome depends on
   * @param {string[]} [parts.outputs] absolute paths that must exist
   */
  constructor(name, { inputs, words = [], outputs = [] }) {
    this.#file = join(targetDir, 'stamps', name)
    this.#inputs = inputs
    this.#words = words
    this.#outputs = outputs
  }

  fresh() {
    return this.#outputs.every(exists) && read(this.#file) === this.#digest()
  }

  /**
   * Runs `work` and records the state its inputs had before, so that a file that is edited
   * meanwhile counts as changed.
   */
  async around(work) {
    rmSync(this.#file, { force: true })
    const before = this.#digest()
    await work()
    mkdirSync(dirname(this.#file), { recursive: true })
    writeFileSync(this.#file, before)
  }

  #digest() {
    const hash = createHash('sha256').update(JSON.stringify(this.#words))
    for (const input of this.#inputs) describe(hash, input)
    return hash.digest('hex')
  }
}

function describe(hash, path) {
  const stat = statSync(join(root, path), { throwIfNoEntry: false })
  if (stat === undefined) return
  if (!stat.isDirectory()) {
    hash.update(`${path}\0${stat.mtimeMs}\0${stat.size}\0`)
    return
  }
  for (const name of readdirSync(join(root, path)).sort()) describe(hash, join(path, name))
}

function exists(path) {
  return statSync(path, { throwIfNoEntry: false }) !== undefined
}

function read(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
