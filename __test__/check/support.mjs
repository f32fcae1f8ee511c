import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { Folder } from '../cli/support.mjs'

/** A folder with these files, by path. */
export function folderWith(files) {
  const folder = new Folder()
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder.path, name)), { recursive: true })
    writeFileSync(join(folder.path, name), text)
  }
  return folder
}

export const good = 'module.exports = (item) => item.price * 2\n'
export const bad = 'module.exports = (item) => item.price < limit\n'
export const doubtful = 'module.exports = (item) => {\n  debugger\n  return item\n}\n'
