/**
 * The helpers of compilers as `functions/helpers.ts` wants them, from what the compilers publish. All are
 * bundled to one module, so that no two variables have one name; that is taken apart into pieces, so that
 * a function gets what its text names and no more.
 */
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

import { distDir, root } from '../paths.mjs'
import { Refusal } from '../steps.mjs'
import { esbuildRuntime } from './esbuild-runtime.mjs'

/**
 * A compiler's helpers: what texts call each, the module that it is in, and what that exports it as.
 *
 * @typedef {{ called: string, from: string, as: string }} Helper
 * @typedef {{ name: string, helpers: Helper[], plugins?: import('esbuild').Plugin[] }} Compiler
 */

export const helpersFile = join(distDir, 'helpers.json')

/** Packages whose code is in the table. */
export const helperPackages = ['tslib', '@swc/helpers', '@babel/runtime', 'esbuild']

/** Writes the table. */
export async function writeHelpers() {
  for (const name of ['acorn', ...helperPackages]) {
    if (existsSync(join(root, 'node_modules', name))) continue
    throw new Refusal(`The npm package ${name} is not installed: run \`npm run setup\`.`)
  }
  // Not at the top: they are there only once set-up has installed them.
  const [esbuild, acorn] = await Promise.all([import('esbuild'), import('acorn')])
  const compilers = [ofTypeScript(), ofSwc(), ofBabel(), await ofEsbuild(esbuild, acorn)]
  const { variables, pieces } = takeApart(await bundle(esbuild, compilers), acorn)
  for (const piece of Object.values(pieces)) piece.code = await minified(esbuild, piece.code)
  const names = compilers.map((compiler) => [
    compiler.name,
    Object.fromEntries(
      compiler.helpers.map(({ called }) => [called, variables[alias(compiler, called)]]),
    ),
  ])
  writeFileSync(helpersFile, JSON.stringify({ ...Object.fromEntries(names), pieces }))
}

/** @returns {Compiler} */
function ofTypeScript() {
  const exported = Object.keys(createRequire(import.meta.url)('tslib'))
  const names = exported.filter((name) => name.startsWith('__') && name !== '__esModule')
  return {
    name: 'typescript',
    helpers: names.map((called) => ({ called, from: 'tslib', as: called })),
  }
}

/** @returns {Compiler} */
function ofSwc() {
  const folder = '@swc/helpers/esm'
  const helpers = namesIn(folder).filter((name) => name.startsWith('_'))
  return {
    name: 'swc',
    helpers: helpers.map((called) => ({ called, from: fileIn(folder, called), as: '_' })),
  }
}

/**
 * Babel numbers names that are taken, and its texts do not tell such a number from a helper's own. Where
 * two differ in that alone, the later is meant; of the decorators' it might be any.
 *
 * @returns {Compiler}
 */
function ofBabel() {
  const folder = '@babel/runtime/helpers/esm'
  const byName = new Map()
  for (const name of namesIn(folder)) {
    if (name.startsWith('applyDecs')) continue
    const called = `_${name.replace(/\d+$/, '')}`
    byName.set(called, { called, from: fileIn(folder, name), as: 'default' })
  }
  return { name: 'babel', helpers: [...byName.values()] }
}

/** @returns {Promise<Compiler>} */
async function ofEsbuild(esbuild, acorn) {
  const runtime = await esbuildRuntime(esbuild, acorn)
  const from = 'runtime-of-esbuild'
  return {
    name: 'esbuild',
    helpers: runtime.names.map((called) => ({ called, from, as: called })),
    plugins: [
      {
        name: from,
        setup(build) {
          build.onResolve({ filter: new RegExp(`^${from}$`) }, () => ({
            path: from,
            namespace: from,
          }))
          build.onLoad({ filter: /^/, namespace: from }, () => ({ contents: runtime.text }))
        },
      },
    ],
  }
}

/** Names of the modules in a folder of a package, in their order. */
function namesIn(folder) {
  return readdirSync(join(root, 'node_modules', folder))
    .filter((name) => name.endsWith('.js') && name !== 'index.js')
    .map((name) => name.slice(0, -3))
    .sort()
}

/** As a module of the checkout: of a package it would be one that the package exports. */
const fileIn = (folder, name) => `./node_modules/${folder}/${name}.js`

const alias = ({ name }, called) => `${name}$${called}`

/** One module that exports every helper by its {@link alias}. */
async function bundle(esbuild, compilers) {
  const lines = compilers.flatMap((compiler) =>
    compiler.helpers.map(
      ({ called, from, as }) => `export { ${as} as ${alias(compiler, called)} } from '${from}'`,
    ),
  )
  const { outputFiles } = await esbuild.build({
    stdin: { contents: lines.join('\n'), resolveDir: root },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    target: 'esnext',
    legalComments: 'none',
    logLevel: 'silent',
    plugins: compilers.flatMap(({ plugins = [] }) => plugins),
  })
  return outputFiles[0].text
}

/**
 * The pieces of a module: each defines one variable, and needs others. What the module does to a
 * variable besides is a part of its piece.
 */
function takeApart(text, acorn) {
  const options = { ecmaVersion: 'latest', sourceType: 'module' }
  const slice = ({ start, end }) => text.slice(start, end)
  const wordsOf = (code) =>
    [...acorn.tokenizer(code, options)]
      .filter(({ type }) => type.label === 'name')
      .map(({ value }) => value)
  const pieces = {}
  const variables = {}
  for (const node of acorn.parse(text, options).body) {
    switch (node.type) {
      case 'FunctionDeclaration':
      case 'ClassDeclaration':
        pieces[node.id.name] = { code: slice(node), needs: [] }
        break
      case 'VariableDeclaration':
        for (const declarator of node.declarations) {
          pieces[declarator.id.name] = { code: `${node.kind} ${slice(declarator)};`, needs: [] }
        }
        break
      case 'ExpressionStatement': {
        const target = wordsOf(slice(node)).find((word) => Object.hasOwn(pieces, word))
        pieces[target].code += `\n${slice(node)}`
        break
      }
      case 'ExportNamedDeclaration':
        for (const { local, exported } of node.specifiers) variables[exported.name] = local.name
        break
      default:
        throw new Refusal(`The helpers of compilers hold a ${node.type}:\n${slice(node)}`)
    }
  }
  for (const [name, piece] of Object.entries(pieces)) {
    const words = new Set(wordsOf(piece.code))
    // Some are names of properties, or of variables within: one piece more does no harm.
    piece.needs = [...words].filter((word) => word !== name && Object.hasOwn(pieces, word))
  }
  return { variables, pieces }
}

/** In one line, so that the lines of a text keep their numbers behind it. */
async function minified(esbuild, code) {
  const { code: short } = await esbuild.transform(code, {
    minify: true,
    target: 'esnext',
    charset: 'ascii',
    legalComments: 'none',
    // Strings with line ends would become templates.
    supported: { 'template-literal': false },
  })
  const line = short.trimEnd()
  if (/[\n\r\u2028\u2029]/.test(line)) throw new Refusal(`A helper takes several lines:\n${line}`)
  return line
}
