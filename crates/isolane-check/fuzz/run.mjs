/**
 * Fuzzes the checker with libFuzzer, which follows what code an input reaches:
 *
 *     node crates/isolane-check/fuzz/run.mjs [check|options] [-flag=value]...
 *
 * It needs a nightly Rust and `cargo install cargo-fuzz`. Flags are
 * [libFuzzer's](https://llvm.org/docs/LibFuzzer.html#options), such as `-runs=10000000`. What reached
 * something new is kept in `target/fuzz/corpus`, what failed in `target/fuzz/artifacts`; a file that is
 * named is tried alone. It begins with the examples of `docs/rules`.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { root } from '../../../scripts/lib/paths.mjs'

/** Of a text, in bytes: what is short is tried often. */
const LONGEST = 600
/** For one input, by the clock: a crowded machine is no finding. */
const PATIENCE_S = 60

const [target = 'check', ...rest] = process.argv.slice(2)
const isFlag = (word) => word.startsWith('-')
const files = rest.filter((word) => !isFlag(word))
const folder = join(root, 'target', 'fuzz')
const of = (...names) => {
  const path = join(folder, ...names)
  mkdirSync(path, { recursive: true })
  return path
}

const seeds = of('seeds', target)
for (const [index, seed] of seedsOf(target).entries()) writeFileSync(join(seeds, `${index}`), seed)

// A thread with a large stack is started for each input; AddressSanitizer takes milliseconds for one.
const build = ['--release', '--sanitizer', 'none', '--target-dir', join(folder, 'build')]
const limits = [`-max_len=${LONGEST}`, `-timeout=${PATIENCE_S}`, '-rss_limit_mb=2048']
const own = [
  `-dict=${join(import.meta.dirname, 'dictionary')}`,
  `-artifact_prefix=${of('artifacts', target)}/`,
  '-print_final_stats=1',
]
const words = ['+nightly', 'fuzz', 'run', target, '--fuzz-dir', import.meta.dirname].concat(
  build,
  files.length > 0 ? files : [of('corpus', target), seeds],
  '--',
  own,
  limits,
  rest.filter(isFlag),
)
const { status, error } = spawnSync('cargo', words, { cwd: root, stdio: 'inherit' })
if (error !== undefined) throw error
process.exitCode = status ?? 1

function seedsOf(name) {
  const pages = join(root, 'docs', 'rules')
  const texts = readdirSync(pages).map((file) => readFileSync(join(pages, file), 'utf8'))
  const examples = texts.flatMap((text) =>
    Array.from(text.matchAll(/^```js (?:bad|good) ?(.*)\n([^]*?)^```/gm)),
  )
  if (name === 'options') return examples.map(([, options]) => options || '{}')
  // Each with options of its own.
  return examples.map(([, , code], index) => `${String.fromCharCode(index % 128)}${code}`)
}
