/** Reads the parts of Markdown files that tests compare with the code. */
import { readFileSync, readdirSync } from 'node:fs'
import { join, relative } from 'node:path'

import { root } from '../../scripts/lib/paths.mjs'

/** Folders whose files nobody wrote by hand, or that are no part of the checkout. */
const OTHERS = new Set(['node_modules', 'target', 'dist', '.git'])

/**
 * Files of the checkout, as paths from its root with `/`.
 *
 * @returns {string[]}
 */
export function filesOfCheckout() {
  return entriesOf(root)
    .filter((entry) => entry.isFile())
    .map(pathOf)
}

/**
 * Folders below `folder`, however deep.
 *
 * @param {string} folder from the root of the checkout
 * @returns {string[]}
 */
export function foldersBelow(folder) {
  return entriesOf(join(root, folder))
    .filter((entry) => entry.isDirectory())
    .map(pathOf)
}

function entriesOf(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (OTHERS.has(entry.name)) return []
    return entry.isDirectory() ? [entry, ...entriesOf(join(folder, entry.name))] : [entry]
  })
}

function pathOf({ parentPath, path, name }) {
  // Node 20.17 calls it `path` only.
  return relative(root, join(parentPath ?? path, name)).replaceAll('\\', '/')
}

/**
 * A Markdown file.
 *
 * @param {string} path from the root of the checkout
 */
export function markdown(path) {
  const text = readFileSync(join(root, path), 'utf8').replaceAll('\r\n', '\n')
  const blocks = []
  const prose = text.replaceAll(/^```(.*)\n([^]*?)^```$/gm, (_, info, code) => {
    blocks.push({ info, code })
    return ''
  })
  return {
    path,
    text,
    blocks,
    words: text.split(/\s+/).filter((word) => word !== '').length,
    headings: [...prose.matchAll(/^#{1,6} (.+)$/gm)].map(([, title]) => title),
    anchors: anchorsOf(prose),
    links: [...prose.matchAll(/\]\(([^()\s]+)\)/g)].map(([, target]) => target),
    code: [...prose.matchAll(/`([^`\n]+)`/g)].map(([, code]) => code),
    section: (title) => sectionOf(prose, title),
  }
}

/** Anchors that a renderer gives the headings: GitHub's rules. */
function anchorsOf(prose) {
  const seen = new Map()
  return [...prose.matchAll(/^#{1,6} (.+)$/gm)].map(([, title]) => {
    const slug = title
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-')
    const count = seen.get(slug) ?? 0
    seen.set(slug, count + 1)
    return count === 0 ? slug : `${slug}-${count}`
  })
}

/** Rows of the tables under a heading, up to the next heading: cells by the name of their column. */
function sectionOf(prose, title) {
  const start = prose
    .split('\n')
    .findIndex((line) => /^#+ /.test(line) && line.endsWith(` ${title}`))
  if (start < 0) throw new Error(`there is no heading '${title}'`)
  const lines = prose.split('\n').slice(start + 1)
  const end = lines.findIndex((line) => /^#+ /.test(line))
  return rowsOf(end < 0 ? lines : lines.slice(0, end))
}

function rowsOf(lines) {
  const rows = []
  let columns
  for (const line of lines) {
    if (!line.startsWith('|')) {
      columns = undefined
      continue
    }
    const cells = line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim())
    if (columns === undefined) columns = cells
    else if (!/^[ |:-]+$/.test(line)) {
      rows.push(Object.fromEntries(columns.map((column, index) => [column, cells[index] ?? ''])))
    }
  }
  return rows
}
