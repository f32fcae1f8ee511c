/**
 * What the code in isolates may not write, since it would ask a built-in that user code can replace.
 * The linter keeps names of built-ins out of modules that are evaluated late (`.oxlintrc.json`); this
 * is about what has no such name: iteration, `instanceof`, methods and getters of built-in prototypes.
 * `__test__/hostile/built-ins.test.mjs` finds at run time what types do not tell, such as holes.
 */
import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { createRequire } from 'node:module'

import { withOldCompiler } from '../fetched/aside.mjs'
import { root, sourceDir } from '../lib/paths.mjs'
import { Refusal } from '../lib/steps.mjs'

/** Folders whose code runs after user code. */
const FOLDERS = ['codec/', 'differ/', 'driver/', 'isolate/']
/** Evaluated before user code, or where there is none. */
const OTHERS = [
  'codec/platform-node.ts',
  'codec/read/large.ts',
  'codec/read/large-sections.ts',
  'codec/read/portions.ts',
  'codec/shared/primordials.ts',
  'isolate/globals/primordials.ts',
  'isolate/late/lender.ts',
]

/** Where the function's own values are asked, or lists whose length is their own: by file, the properties. */
const ASKED = {
  // Of errors that a function has thrown.
  'driver/failure.ts': ['message', 'name', 'stack'],
  'driver/late/inspect.ts': ['length', 'message', 'name'],
  // Of a `RangeError` that the engine has thrown just before.
  'codec/read/late/exotic.ts': ['message'],
  // Of built-ins that user code has not come by yet.
  'isolate/replace.ts': ['name', 'length'],
  // Of an array; typed arrays go another way.
  'driver/folding.ts': ['length'],
}

/**
 * Types of the library whose values are always of the code's own making, without a prototype to be
 * reached: descriptors as primordials.ts gives them, `SafeMap` and its kin.
 */
const SAFE_TYPES = ['PropertyDescriptor', 'Map', 'Set', 'WeakMap']

/** Lines that must be found; a rule that finds nothing may be one that looks nowhere. */
const SAMPLE = `
declare const bytes: Uint8Array, list: unknown[], text: string
export const sample = (value: object) => [
  bytes.length,
  list.push(1),
  text.slice(1),
  value instanceof Uint8Array,
  [...list],
  Math.max(1, ...(list as number[])),
]
export function destructures([first]: unknown[]): unknown { return first }
export function walks(): void { for (const each of list) void each }
`
const IN_SAMPLE = 9

/** Whether the code in isolates asks nothing of what user code can replace, as far as types tell. */
export async function checkBuiltIns() {
  const path = await withOldCompiler('typescript', 'lib', 'typescript.js')
  const ts = createRequire(import.meta.url)(path)
  const sampleName = join(sourceDir, 'driver', 'sample.ts')
  const program = programOf(ts, sampleName)
  const found = []
  for (const file of program.getSourceFiles()) {
    const name = relative(sourceDir, file.fileName).replaceAll('\\', '/')
    if (!FOLDERS.some((folder) => name.startsWith(folder)) || OTHERS.includes(name)) continue
    found.push(...findings(ts, program, file, name))
  }
  const inSample = found.filter(({ name }) => name === 'driver/sample.ts')
  if (inSample.length !== IN_SAMPLE) {
    throw new Refusal(`of ${IN_SAMPLE} samples ${inSample.length} were found:\n${shown(inSample)}`)
  }
  const real = found.filter(({ name }) => name !== 'driver/sample.ts')
  if (real.length > 0) {
    throw new Refusal(
      `User code can replace what this asks; see codec/shared/primordials.ts:\n${shown(real)}`,
    )
  }
}

const shown = (list) => list.map(({ name, line, why }) => `  ${name}:${line} ${why}`).join('\n')

function programOf(ts, sampleName) {
  const config = join(root, 'npm/isolane/tsconfig.prelude.json')
  const { config: json } = ts.readConfigFile(config, (file) => readFileSync(file, 'utf8'))
  const parsed = ts.parseJsonConfigFileContent(json, ts.sys, join(root, 'npm/isolane'))
  const host = ts.createCompilerHost(parsed.options)
  const { getSourceFile, fileExists } = host
  host.fileExists = (file) => file === sampleName || fileExists(file)
  host.getSourceFile = (file, ...rest) =>
    file === sampleName
      ? ts.createSourceFile(file, SAMPLE, parsed.options.target, true)
      : getSourceFile(file, ...rest)
  return ts.createProgram([...parsed.fileNames, sampleName], parsed.options, host)
}

function findings(ts, program, file, name) {
  const checker = program.getTypeChecker()
  const found = []
  const add = (node, why) => {
    const { line } = file.getLineAndCharacterOfPosition(node.getStart(file))
    found.push({ name, line: line + 1, why })
  }
  const isLib = (symbol) =>
    symbol?.declarations?.some((node) => program.isSourceFileDefaultLibrary(node.getSourceFile()))
  const visit = (node) => {
    const why = syntaxOf(ts, node)
    if (why !== undefined) add(node, why)
    if (ts.isPropertyAccessExpression(node) && !ts.isPrivateIdentifier(node.name)) {
      const symbol = checker.getSymbolAtLocation(node.name)
      const isEarly =
        !name.includes('/late/') && /^(driver|isolate)\//.test(name) && isTopLevel(ts, node)
      const isFine = isEarly || ASKED[name]?.includes(node.name.text) || isOwn(ts, checker, node)
      if (isLib(symbol) && !isFine) add(node, `.${node.name.text} by a prototype`)
    }
    ts.forEachChild(node, visit)
  }
  visit(file)
  return found
}

/** Syntax that calls an iterator or a well-known symbol. */
function syntaxOf(ts, node) {
  if (ts.isForOfStatement(node)) return 'for … of calls an iterator'
  if (ts.isArrayBindingPattern(node)) return 'destructuring an array calls an iterator'
  if (ts.isSpreadElement(node)) return 'a spread calls an iterator'
  if (ts.isYieldExpression(node) || ts.isAwaitExpression(node)) return 'a generator or a promise'
  if (ts.isTaggedTemplateExpression(node)) return 'a tagged template'
  const isInstanceOf =
    ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.InstanceOfKeyword
  return isInstanceOf ? 'instanceof asks traps, and Symbol.hasInstance' : undefined
}

/** Evaluated with its module. */
function isTopLevel(ts, node) {
  while (node !== undefined && !ts.isFunctionLike(node) && !ts.isClassLike(node)) node = node.parent
  return node === undefined
}

/** Whether the object itself has it, whatever user code did: lengths of arrays, of arguments and of texts, prototypes of classes. */
function isOwn(ts, checker, { expression, name }) {
  const type = checker.getNonNullableType(checker.getTypeAtLocation(expression))
  if (name.text === 'prototype' || SAFE_TYPES.includes(type.symbol?.name)) return true
  if (name.text !== 'length') return false
  const parts = type.isUnion() ? type.types : [type]
  return parts.every(
    (part) =>
      part.symbol?.name === 'IArguments' ||
      checker.isArrayType(part) ||
      checker.isTupleType(part) ||
      part.flags & ts.TypeFlags.StringLike,
  )
}
