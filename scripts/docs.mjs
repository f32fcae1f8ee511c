/**
 * Makes the API reference from the declarations: `npm run docs`, HTML in target/docs. Fails on a
 * link that leads nowhere, and on a public type that is not exported.
 */
import { join } from 'node:path'

import { fetchAside } from './lib/aside.mjs'
import { packageDir, root, targetDir } from './lib/paths.mjs'
import { run } from './lib/run.mjs'
import { report, step } from './lib/steps.mjs'

/** With a TypeScript of its own: typedoc needs the compiler's API, which TypeScript 7 lacks. */
const packages = ['typedoc@0.28.20', 'typescript@5.9.3']

const options = {
  entryPoints: join(packageDir, 'src', 'index.ts'),
  tsconfig: join(packageDir, 'tsconfig.json'),
  out: join(targetDir, 'docs'),
  name: 'isolane',
  readme: join(packageDir, 'README.md'),
  intentionallyNotExported: 'ELEMENT_KINDS',
  // Otherwise the links come from the git remote, which a checkout need not have.
  displayBasePath: root,
  sourceLinkTemplate: 'https://github.com/isolane/isolane/blob/main/{path}#L{line}',
}
const switches = [
  'disableGit',
  'excludeInternal',
  'excludePrivate',
  'excludeExternals',
  'treatWarningsAsErrors',
]

async function makeDocs() {
  const file = ['typedoc', 'bin', 'typedoc']
  const typedoc = await fetchAside('typedoc', ['typedoc'], packages, file)
  const pairs = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value])
  const words = [...pairs, ...switches.map((name) => `--${name}`)]
  await step('API reference', () => run([process.execPath, typedoc, ...words]))
  console.log(join(options.out, 'index.html'))
}

await makeDocs().catch(report)
