/**
 * One file for each module of the package that a process or a Worker begins with. Node looks a
 * module up anew for each folder that it is imported from, and runs each file apart: loading the package
 * as the files of its sources takes four times as long.
 */
import { readFile } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'

import { distDir, sourceDir } from '../paths.mjs'

/** Relative to the sources, without an ending. */
const entries = ['index', join('node-worker', 'main')]

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
    plugins: [asInItsOwnFile(dirname(outfile))],
  })
}

/**
 * Leaves out what is made by others, and has each module see the folder in which its own file would be.
 *
 * @param {string} folder of the bundle
 * @returns {import('esbuild').Plugin}
 */
function asInItsOwnFile(folder) {
  const from = (path) => relative(folder, path).split(sep).join('/')
  const ownFolder = (path) => join(distDir, relative(sourceDir, dirname(path)))
  return {
    name: 'as in its own file',
    setup(build) {
      build.onResolve({ filter: /\.js(on)?$/ }, ({ kind, path, importer }) => {
        if (kind !== 'require-call') return undefined
        return { path: `./${from(join(ownFolder(importer), path))}`, external: true }
      })
      build.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        const text = await readFile(path, 'utf8')
        const place = `require('node:path').join(__dirname, ${JSON.stringify(from(ownFolder(path)))})`
        return { contents: text.replaceAll(/\b__dirname\b/g, place), loader: 'ts' }
      })
    },
  }
}
