/**
 * What one script takes from another one that has run before it, in the same context: each export of
 * some modules, as the parameters of its function. So both mean the same objects by it. (As properties
 * of an object they would cost a function's first call a tenth of its time.)
 */
import { dirname, join, relative, sep } from 'node:path'

/**
 * For the script that lends: has a function of one module call the borrowing script's.
 *
 * @param {string} directory modules are named relative to it
 * @param {readonly string[]} modules what is lent
 * @param {string} lender the module, which exports the one function
 * @returns {import('esbuild').Plugin}
 */
export function lending(directory, modules, lender) {
  return loading('lending', directory, async (name, path, esbuild) => {
    if (name !== lender) return undefined
    const lists = await Promise.all(modules.map((module) => exportsOf(esbuild, directory, module)))
    const imports = modules.map((module, i) => {
      const from = relative(dirname(path), join(directory, module)).split(sep).join('/')
      return `import { ${lists[i].join(', ')} } from ${JSON.stringify(from)}\n`
    })
    return `${imports.join('')}export function lend(borrow) { return borrow(${lists.flat().join(', ')}) }`
  })
}

/**
 * For the script that borrows: the modules without their text.
 *
 * @param {string} directory
 * @param {readonly string[]} modules
 * @returns {import('esbuild').Plugin}
 */
export function borrowing(directory, modules) {
  return loading('borrowing', directory, async (name, _path, esbuild) => {
    if (!modules.includes(name)) return undefined
    const names = await exportsOf(esbuild, directory, name)
    return names.map((each) => `export const ${each} = ${parameterOf(each)}\n`).join('')
  })
}

/**
 * The parameters of the borrowing script's function.
 *
 * @param {typeof import('esbuild')} esbuild
 * @param {string} directory
 * @param {readonly string[]} modules
 * @returns {Promise<string[]>}
 */
export async function parametersOf(esbuild, directory, modules) {
  const lists = await Promise.all(modules.map((module) => exportsOf(esbuild, directory, module)))
  return lists.flat().map(parameterOf)
}

const parameterOf = (name) => `lent_${name}`

/** @returns {import('esbuild').Plugin} */
function loading(name, directory, contentsOf) {
  return {
    name,
    setup(build) {
      build.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        const module = relative(directory, path).split(sep).join('/')
        const contents = await contentsOf(module, path, build.esbuild)
        return contents && { contents, loader: 'ts', resolveDir: dirname(path) }
      })
    },
  }
}

async function exportsOf(esbuild, directory, module) {
  const { metafile } = await esbuild.build({
    entryPoints: [join(directory, module)],
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'neutral',
    target: 'esnext',
    logLevel: 'silent',
  })
  return Object.values(metafile.outputs)[0].exports
}
