/**
 * The runtime of esbuild is published in its binary alone. It comes out with code that needs it, for
 * targets that lack what the code uses.
 */
const samples = [
  `export async function a(all) { for await (const one of all) await one }
   export async function* b() { await 1; yield 2; yield* b() }`,
  `export const a = ({ b, ...rest }) => ({ ...rest, b, c: 1, ...b })`,
  `export class A extends Object {
     static #s = 1; #p = 1; q = 2; static r = 3
     #m() { return super.toString() }
     get #g() { return this.#p }
     set #g(value) { this.#p = value }
     static has(it) { return #p in it && A.#s++ }
     up() { this.#p++; this.#g += 1; return this.#m() }
     async later() { super.x = 1; super.x++; return super.toString() }
   }`,
  'export const a = (b, tag) => tag`a${b ** 2}</script>`',
  `export function a() { using b = null } export async function c() { await using b = null }`,
  `export @a class A { @a m() {} @a static f = 1; @a accessor b = 1; @a get c() { return 1 } @a #d() {} }`,
  `export class A { constructor(@a b) {} @a m() {} @a f = 1 }`,
]
const targets = ['es2022', 'es2020', 'es2017', 'es2015']

/** Isolates have it under its name. */
const known = '__name'

/**
 * A module that exports all of it that was found.
 *
 * @returns {Promise<{ names: string[], text: string }>}
 */
export async function esbuildRuntime(esbuild, acorn) {
  const definitions = new Map()
  for (const target of targets) {
    for (const sample of samples) {
      // Decorators of parameters are of the old kind only.
      const experimentalDecorators = sample.includes('(@')
      const { code } = await esbuild.transform(sample, {
        loader: 'ts',
        target,
        tsconfigRaw: { compilerOptions: { experimentalDecorators } },
        logLevel: 'silent',
      })
      for (const [name, text] of helpersIn(code, acorn)) {
        if (!definitions.has(name)) definitions.set(name, text)
      }
    }
  }
  definitions.delete(known)
  const names = [...definitions.keys()]
  const lines = [...definitions].map(([name, text]) => `var ${name} = ${text};`)
  return { names, text: [...lines, `export { ${names.join(', ')} }`].join('\n') }
}

/** What esbuild has put in front of a module, which declares nothing of such a name itself. */
function helpersIn(code, acorn) {
  const { body } = acorn.parse(code, { ecmaVersion: 'latest', sourceType: 'module' })
  return body
    .filter(({ type }) => type === 'VariableDeclaration')
    .flatMap(({ declarations }) => declarations)
    .filter(({ id, init }) => id.type === 'Identifier' && id.name.startsWith('__') && init !== null)
    .map(({ id, init }) => [id.name, code.slice(init.start, init.end)])
}
