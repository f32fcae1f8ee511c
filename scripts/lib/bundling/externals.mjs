/**
 * Externals of a script: exports of modules that another script, which has run before it in the same
 * context, has evaluated already. They come as the parameters of the script's function, so both mean
 * the same objects by them. (As properties of an object they would cost a function's first call a
 * tenth of its time.)
 */
import { dirname, join, relative, sep } from 'node:path'

/**
 * For the script that has the modules: has a function of one module call the other script's with the
 * externals.
 *
 * @param {string} directory modules are named relative to it
 * @param {readonly string[]} modules whose exports are the externals
 * @param {string} caller the module, which exports the one function
 * @returns {import('esbuild').Plugin}
 */
export function passingExternals(directory, modules, caller) {
  return loading('passing externals', directory, async (name, path, esbuild) => {
    if (name !== caller) return undefined
    const lists = await Promise.all(modules.map((module) => exportsOf(esbuild, directory, module)))
    const imports = modules.map((module, i) => {
      const from = relative(dirname(path), join(directory, module)).split(sep).join('/')
      return `import { ${lists[i].join(', ')} } from ${JSON.stringify(`./${from}`)}\n`
    })
    return `${imports.join('')}export function withExternals(script) { return script(${lists.flat().join(', ')}) }`
  })
}

/**
 * For the script that gets them: the modules without their text.
 *
 * @param {string} directory
 * @param {readonly string[]} modules
 * @returns {import('esbuild').Plugin}
 */
export function takingExternals(directory, modules) {
  return loading('taking externals', directory, async (name, _path, esbuild) => {
    if (!modules.includes(name)) return undefined
    const names = await exportsOf(esbuild, directory, name)
    return names.map((each) => `export const ${each} = ${parameterOf(each)}\n`).join('')
  })
}

/**
 * The parameters of the function of the script that gets them.
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

const parameterOf = (name) => `ext_${name}`

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
