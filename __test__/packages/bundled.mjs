import { build } from 'esbuild'

/** What a package of Node's would find; `docs/packages.md` tells of it. */
const define = { global: 'globalThis', 'process.env.NODE_ENV': '"production"' }

/**
 * The source of a function: a module and all that it imports, in one expression.
 *
 * @param {string} text of the module
 * @param {string} folder in whose `node_modules` packages are
 */
export async function bundled(text, folder) {
  const { outputFiles } = await build({
    stdin: { contents: text, resolveDir: folder },
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'use',
    platform: 'browser',
    target: 'es2022',
    define,
    logLevel: 'silent',
  })
  return `(() => { ${outputFiles[0].text}; return use.default })()`
}
