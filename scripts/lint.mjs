/** Every check that is not a test, all of them even when one fails: `npm run lint`. */
import { join } from 'node:path'

import { triple } from './lib/host.mjs'
import { packageDir, root, tool } from './lib/paths.mjs'
import { run } from './lib/run.mjs'
import { report, step } from './lib/steps.mjs'
import { findArchive } from './lib/v8-archive.mjs'
import { checkPrelude } from './prelude.mjs'

const checks = [
  ['rustfmt', command('cargo', 'fmt', '--all', '--check'), '`npm run format`'],
  ['clippy', clippy],
  ['oxlint', command(...tool('oxlint', '--deny-warnings'))],
  ['oxfmt', command(...tool('oxfmt', '--check')), '`npm run format`'],
  ['prelude is what its source gives', checkPrelude],
  [
    'types as a user sees them',
    command(...tool('tsc', '-p', join('__test__', 'package', 'types'))),
  ],
  ['publint', command(...tool('publint', packageDir, '--strict'))],
  ['are the types wrong', command(...tool('attw', '--pack', packageDir))],
]

function command(...words) {
  return (onLine) => run(words, { onLine, cwd: root })
}

/**
 * In the profile of the addon: what V8's build script made for that is used again. Both forms of
 * the addon, as far as V8's archive is within reach.
 */
async function clippy(onLine) {
  const archive = await findArchive()
  const words = ['cargo', 'clippy', '--release', '--target', triple, '--all-targets']
  const inScope = (scope) =>
    run([...words, ...scope, '--', '-D', 'warnings'], { env: archive?.env ?? {}, onLine })
  if (archive !== undefined) await inScope(['--workspace'])
  await inScope(['--workspace', '--exclude', 'isolane-v8', '--no-default-features'])
}

for (const [title, check, fix] of checks) await step(title, check, fix).catch(report)
