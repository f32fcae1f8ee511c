/**
 * Compiles `samples.mjs` with what people compile with: the other files here. By hand, where these are
 * installed, since together they are larger than all that this checkout needs:
 *
 *     npm install typescript@5.9.3 @swc/core@1.16.22 @babel/core@7.29.13 @babel/preset-env@7.29.14 \
 *       @babel/plugin-transform-runtime@7 istanbul-lib-instrument@6.0.3
 *     node compile.mjs <that folder>
 */
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const folder = process.argv[2]
const require = createRequire(join(folder, 'package.json'))
const here = import.meta.dirname ?? new URL('.', import.meta.url).pathname
const source = readFileSync(join(here, 'samples.mjs'), 'utf8')
const write = (name, code) => writeFileSync(join(here, `${name}.cjs`), `${code.trimEnd()}\n`)

const byTypeScript = (...flags) => {
  const place = mkdtempSync(join(tmpdir(), 'isolane-'))
  const file = join(place, 'samples.js')
  copyFileSync(join(here, 'samples.mjs'), file)
  const fixed = ['--allowJs', '--module', 'commonjs', '--lib', 'esnext', '--outDir', 'out']
  const command = [require.resolve('typescript/bin/tsc'), file, ...fixed, ...flags]
  // It complains of types that it cannot see, and writes all the same.
  try {
    execFileSync(process.execPath, command, { cwd: place, stdio: 'ignore' })
  } catch {}
  return readFileSync(join(place, 'out', 'samples.js'), 'utf8')
}

const bySwc = (jsc) =>
  require('@swc/core').transformSync(source, {
    filename: 'samples.js',
    configFile: false,
    swcrc: false,
    jsc: { parser: { syntax: 'ecmascript' }, ...jsc },
    module: { type: 'commonjs' },
  }).code

const byBabel = (targets, ...plugins) =>
  require('@babel/core').transformSync(source, {
    configFile: false,
    babelrc: false,
    presets: [[require.resolve('@babel/preset-env'), { targets, modules: 'commonjs' }]],
    plugins,
  }).code

write('typescript-es5', byTypeScript('--target', 'es5', '--downlevelIteration'))
write('typescript-es2015-tslib', byTypeScript('--target', 'es2015', '--importHelpers'))
write('swc-es5', bySwc({ target: 'es5' }))
write('swc-es2015-helpers', bySwc({ target: 'es2015', externalHelpers: true }))
write('babel-es5', byBabel({ ie: 11 }))
const runtime = require.resolve('@babel/plugin-transform-runtime')
write('babel-es2015-runtime', byBabel({ node: 6 }, [runtime, { version: '7.29.0' }]))
const { createInstrumenter } = require('istanbul-lib-instrument')
const instrumenter = createInstrumenter({ compact: true, esModules: false })
write('istanbul', instrumenter.instrumentSync(bySwc({ target: 'es2022' }), 'samples.cjs'))
