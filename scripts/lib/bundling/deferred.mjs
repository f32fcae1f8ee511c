/**
 * Modules that few calls need, those in folders named `late`, as functions that V8 passes over until
 * one is needed.
 *
 * Each function of a script costs an isolate at its start, whether it is called or not: its
 * description is read from the code cache, its closure made, its class defined. In a function that
 * has not run there is none of that.
 *
 * Such a module is evaluated after user code has run. So it must take every built-in from
 * `codec/shared/primordials.ts` (`.oxlintrc.json` sees to that), and nobody may ask for anything of it but
 * to call its functions and construct its classes.
 */
import { readFileSync } from 'node:fs'
import { dirname, relative, sep } from 'node:path'

import { Refusal } from '../steps.mjs'

const importLine = /^import [^;]*;\n/gm
const exported = /^export (function|class) (\w+)(?:\(([^)]*)\))?[\s\S]*?^}$/gm
const constructorOf = /^ {2}constructor\(([^)]*)\)/m

/**
 * @param {string} directory the modules are named relative to it
 * @returns {import('esbuild').Plugin}
 */
export function deferring(directory) {
  return {
    name: 'deferred modules',
    setup(build) {
      build.onLoad({ filter: /[\\/]late[\\/][^\\/]+\.ts$/ }, async ({ path }) => {
        const name = relative(directory, path).split(sep).join('/')
        const { transform } = build.esbuild
        const text = readFileSync(path, 'utf8')
        const { code } = await transform(text, { loader: 'ts', target: 'esnext' })
        return { contents: deferred(name, code), loader: 'ts', resolveDir: dirname(path) }
      })
    },
  }
}

/** The module of the same exports that evaluates `code` when one is first called. */
function deferred(name, code) {
  const imports = code.match(importLine) ?? []
  const body = code.replaceAll(importLine, '')
  const names = []
  const stubs = []
  const inner = body.replaceAll(exported, (text, kind, exportName, parameters) => {
    names.push(exportName)
    // Each parameter by its name: a rest is spread with an iterator that user code can replace.
    stubs.push(
      kind === 'function'
        ? stub(exportName, parameters, `(made ??= make()).${exportName}`)
        : stub(
            exportName,
            constructorOf.exec(text)?.[1] ?? '',
            `new (made ??= make()).${exportName}`,
          ),
    )
    return text.slice('export '.length)
  })
  if (/^export/m.test(inner) || stubs.some((text) => text.includes('...'))) {
    throw new Refusal(
      `${name} is deferred: it may export functions and classes only, of parameters that are names`,
    )
  }
  return `${imports.join('')}let made;
function make() {
${inner}return { ${names.join(', ')} };
}
${stubs.join('\n')}
`
}

function stub(name, parameters, callee) {
  return `export function ${name}(${parameters}) { return ${callee}(${parameters}) }`
}
