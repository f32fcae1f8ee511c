/** Every check that is not a test, all of them even when one fails: `npm run lint`. */
import { pathToFileURL } from 'node:url'

import { triple } from './lib/host.mjs'
import { packages } from './lib/packages.mjs'
import { root, tool } from './lib/paths.mjs'
import { run } from './lib/run.mjs'
import { report, step } from './lib/steps.mjs'
import { findArchive } from './lib/v8-archive.mjs'
import { wireVariables } from './lib/wire-id.mjs'
import { checkBuiltIns } from './lint/built-ins.mjs'
import { checkOrder } from './lint/order.mjs'
import { checkSizes } from './lint/sizes.mjs'
import { checkNotices } from './notices.mjs'
import { checkPrelude } from './prelude.mjs'

/** Of the checkout as a whole. */
const checks = [
  ['rustfmt', command('cargo', 'fmt', '--all', '--check'), '`npm run format`'],
  ['clippy', clippy],
  ['oxlint', command(...tool('oxlint', '--deny-warnings'))],
  ['oxfmt', command(...tool('oxfmt', '--check')), '`npm run format`'],
  ['dependencies point one way', checkOrder],
  ['isolates ask no built-in that user code can replace', checkBuiltIns],
  ['sizes of folders and files', checkSizes],
  ['prelude is what its source gives', checkPrelude],
  ['third-party notices are what the lock file gives', checkNotices],
  ...packages().flatMap(checksOf),
]

/** Of a package, as its users get it. */
export function checksOf({ name, path, isPublished, typeTests }) {
  const list = []
  if (typeTests !== undefined) {
    list.push([`${name}: types as a user sees them`, command(...tool('tsc', '-p', typeTests))])
  }
  if (isPublished) {
    list.push(
      [`${name}: publint`, command(...tool('publint', path, '--strict'))],
      [`${name}: are the types wrong`, command(...tool('attw', '--pack', path))],
    )
  }
  return list
}

function command(...words) {
  return (onLine) => run(words, { onLine, cwd: root })
}

/**
 * In the profile of the addon: what V8's build script made for that is used again. Both forms of
 * the addon, as far as V8's archive is within reach.
 */
async function clippy(onLine) {
  const archive = await findArchive()
  // The name of the addon's wire, so that nothing of it is built again.
  const env = { ...archive?.env, ...wireVariables() }
  const words = ['cargo', 'clippy', '--release', '--target', triple, '--all-targets']
  const inScope = (scope) => run([...words, ...scope, '--', '-D', 'warnings'], { env, onLine })
  if (archive !== undefined) await inScope(['--workspace'])
  await inScope(['--workspace', '--exclude', 'isolane-v8', '--no-default-features'])
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  for (const [title, check, fix] of checks) await step(title, check, fix).catch(report)
}
