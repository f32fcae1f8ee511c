import { existsSync, readdirSync } from 'node:fs'
import { basename, join, sep } from 'node:path'

import { root } from '../lib/paths.mjs'
import { named } from './files.mjs'
import { cargoSuite } from './suites.mjs'

export const crates = [
  'isolane-check',
  'isolane-core',
  'isolane-driver',
  'isolane-files',
  'isolane-json',
  'isolane-modules',
  'isolane-node',
  'isolane-syntax',
  'isolane-v8',
  'isolane-wire',
]

/**
 * The Rust tests that a word names: those in the sources of that name, or of that folder, and test
 * files of that name. None where no file has it: cargo would compile all of them to run nothing.
 *
 * @param {string} word
 * @returns {import('./suites.mjs').Suite[]}
 */
export function rustSuites(word) {
  return crates.flatMap((crate) => {
    const choices = []
    if (has(crate, 'src', word)) choices.push(['--lib', basename(word)])
    const test = has(crate, 'tests', word)
    if (test !== undefined) choices.push(['--test', test])
    return choices.map((words) => cargoSuite(crate, { profile: 'quick', words }))
  })
}

/** The first segment of what a folder of the crate has by that name. */
function has(crate, folder, word) {
  const path = join(root, 'crates', crate, folder)
  if (!existsSync(path)) return undefined
  const files = readdirSync(path, { recursive: true })
    .filter((name) => name.endsWith('.rs'))
    .map((name) =>
      name
        .split(sep)
        .join('/')
        .replace(/(\/mod)?\.rs$/, ''),
    )
    .map((name) => ({ name, path: '' }))
  return named(files, word)[0]?.name.split('/')[0]
}
