import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { Refusal } from '../lib/steps.mjs'

const texts = join(dirname(fileURLToPath(import.meta.url)), 'texts')

/** One of `texts`, for what the v8 crate is published without. */
export const textOf = (name) => readFileSync(join(texts, `${name}.txt`), 'utf8')

/**
 * What the addon holds besides crates: the libraries in V8's archive, and Rust's own.
 *
 * A component names its text (`text`), or the file of the v8 crate's source that begins with it
 * (`header`).
 */
const components = [
  { name: 'V8', text: 'v8' },
  { name: 'V8: assembler of Strongtalk', header: 'v8/src/codegen/assembler.h' },
  { name: 'V8: fdlibm', header: 'v8/src/base/ieee754.cc' },
  { name: 'V8: rapidhash', header: 'v8/third_party/rapidhash-v8/rapidhash.h' },
  { name: 'V8: SipHash', header: 'v8/third_party/siphash/halfsiphash.cc' },
  { name: 'V8: UTF-8 decoder', text: 'utf8-decoder' },
  { name: 'V8: client header of Valgrind', header: 'v8/third_party/valgrind/valgrind.h' },
  { name: 'V8: inspector_protocol', text: 'inspector-protocol' },
  { name: 'ICU, its data, and the Unicode data of the Rust standard library', text: 'icu' },
  { name: 'abseil-cpp', text: 'abseil' },
  { name: 'dragonbox', text: 'dragonbox' },
  { name: 'fast_float', text: 'fast-float' },
  { name: 'FP16', text: 'fp16' },
  { name: 'highway', text: 'highway' },
  { name: 'simdutf', text: 'simdutf' },
  { name: 'libc++, libc++abi, libunwind and llvm-libc', text: 'llvm' },
  { name: 'the Rust standard library and the crates in it', text: 'rust' },
]

/**
 * @param {string} v8Folder of the v8 crate's source
 * @returns {{ name: string, text: string }[]}
 */
export function embedded(v8Folder) {
  return components.map(({ name, text, header }) => ({
    name,
    text: header === undefined ? textOf(text) : headerOf(join(v8Folder, header)),
  }))
}

/** The first comment of a C++ file that tells of a copyright, without its marks. */
export function headerOf(path) {
  const source = readFileSync(path, 'utf8').replaceAll('\r\n', '\n')
  const comment = /^(?:\/\*[^]*?\*\/|(?:\/\/.*\n)+)/.exec(source)?.[0] ?? ''
  const text = comment
    .replace(/^\/\*|\*\/$/g, '')
    .replaceAll(/^(?:\/\/ ?| \* ?| \*$)/gm, '')
    .trim()
  if (!/copyright/i.test(text)) throw new Refusal(`${path} begins with no notice of a copyright`)
  return text
}
