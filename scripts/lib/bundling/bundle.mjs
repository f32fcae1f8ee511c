/**
 * One file for each module of the package that a process, a Worker or the command begins with. Node looks a
 * module up anew for each folder that it is imported from, and runs each file apart: loading the package
 * as the files of its sources takes four times as long.
 */
import { readFile } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'

import { distDir, sourceDir } from '../paths.mjs'

/** Relative to the sources, without an ending. */
const entries = ['index', join('node-worker', 'main'), join('check', 'index'), join('cli', 'main')]

/**
 * What bundles ask another one for, so that there is one of each class: the package, which also has all
 * classes of these errors, and the checker. Node Workers have their own of all that they need.
 */
const others = new Map([
  ...[['index'], ['errors', 'errors'], ['check', 'errors']].map((path) => [join(...path), 'index']),
  [join('check', 'index'), join('check', 'index')],
])

/** Puts the bundles in the place of what tsc made of the entries. */
export async function bundleEntries() {
  // Not at the top: esbuild is there only once set-up has installed it.
  const esbuild = await import('esbuild')
  await Promise.all(entries.map((entry) => bundle(esbuild, entry)))
}

function bundle(esbuild, entry) {
  const outfile = join(distDir, `${entry}.js`)
  return esbuild.build({
    entryPoints: [join(sourceDir, `${entry}.ts`)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    logLevel: 'silent',
    plugins: [asInItsOwnFile(entry, dirname(outfile))],
  })
}

/**
 * Leaves out what is made by others, and has each module see the folder in which its own file would be.
 *
 * @param {string} entry
 * @param {string} folder of the bundle
 * @returns {import('esbuild').Plugin}
 */
function asInItsOwnFile(entry, folder) {
  const from = (path) => relative(folder, path).split(sep).join('/')
  const isAlone = entry === 'index' || entry.startsWith('node-worker')
  const ofAnother = (file) => {
    const other = isAlone ? undefined : others.get(relative(sourceDir, file).replace(/\.js$/, ''))
    if (other === undefined || other === entry) return undefined
    const path = from(join(distDir, `${other}.js`))
    return { path: path.startsWith('.') ? path : `./${path}`, external: true }
  }
  const ownFolder = (path) => join(distDir, relative(sourceDir, dirname(path)))
  return {
    name: 'as in its own file',
    setup(build) {
      build.onResolve({ filter: /\.js(on)?$/ }, ({ kind, path, importer }) => {
        if (kind === 'import-statement') return ofAnother(join(dirname(importer), path))
        if (kind !== 'require-call') return undefined
        return { path: `./${from(join(ownFolder(importer), path))}`, external: true }
      })
      build.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        const text = await readFile(path, 'utf8')
        const place = `require('node:path').join(__dirname, ${JSON.stringify(from(ownFolder(path)))})`
        return { contents: text.replaceAll(/(?<!['"`])\b__dirname\b/g, place), loader: 'ts' }
      })
    },
  }
}
