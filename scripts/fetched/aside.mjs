import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { targetDir } from '../lib/paths.mjs'
import { npm, run } from '../lib/run.mjs'
import { step } from '../lib/steps.mjs'

/**
 * Installs npm packages that the checkout does not depend on into a folder of their own, once.
 *
 * @param {string} title for the reader
 * @param {string[]} place the folder, below cargo's target folder
 * @param {string[]} packages each with its exact version
 * @param {string[]} file one of theirs, by which they are known to be there
 * @returns {Promise<string>} the path of that file
 */
export async function fetchAside(title, place, packages, file) {
  const folder = join(targetDir, ...place)
  const path = join(folder, 'node_modules', ...file)
  if (!existsSync(path)) await step(title, (onLine) => install(folder, packages, onLine))
  return path
}

/**
 * A tool that needs the compiler's API, which TypeScript 7 lacks: so it has a TypeScript of its own.
 *
 * @param {...string} file path below `node_modules`
 * @returns {Promise<string>} the path of that file
 */
export function withOldCompiler(...file) {
  const tools = ['dependency-cruiser@17.4.3', 'typedoc@0.28.20', 'typescript@5.9.3']
  return fetchAside('tools with a TypeScript of their own', ['tools', tools.join()], tools, file)
}

async function install(folder, packages, onLine) {
  mkdirSync(folder, { recursive: true })
  // A package.json of its own keeps npm from taking the checkout for the project.
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n')
  const flags = ['--no-save', '--no-audit', '--no-fund', '--no-progress', '--ignore-scripts']
  await run([...npm(), 'install', ...packages, ...flags], { cwd: folder, onLine })
}
