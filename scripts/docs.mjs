/**
 * Makes the API reference of all published packages from their declarations: `npm run docs`, HTML in
 * target/docs. Fails on a link that leads nowhere, and on a public type that is not exported.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'

import { withOldCompiler } from './fetched/aside.mjs'
import { packages } from './lib/packages.mjs'
import { packageDir, root, targetDir } from './lib/paths.mjs'
import { run } from './lib/run.mjs'
import { report, step } from './lib/steps.mjs'

const out = join(targetDir, 'docs')

const sourceLinks = {
  // Otherwise the links come from the git remote, which a checkout need not have.
  disableGit: true,
  displayBasePath: root,
  sourceLinkTemplate: 'https://github.com/isolane/isolane/blob/main/{path}#L{line}',
}

/** What typedoc is told. */
export function options() {
  return {
    name: 'isolane',
    out,
    readme: join(packageDir, 'README.md'),
    entryPointStrategy: 'packages',
    entryPoints: packages()
      .filter(({ entry }) => entry !== undefined)
      .map(({ path }) => join(root, path)),
    packageOptions: {
      ...sourceLinks,
      // A package's own typedoc.json says what differs.
      entryPoints: ['src/index.ts'],
      excludeInternal: true,
      excludePrivate: true,
      excludeExternals: true,
    },
    treatWarningsAsErrors: true,
    ...sourceLinks,
  }
}

async function makeDocs() {
  const typedoc = await withOldCompiler('typedoc', 'bin', 'typedoc')
  const file = join(targetDir, 'typedoc.json')
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, JSON.stringify(options()))
  await step('API reference', () => run([process.execPath, typedoc, '--options', file]))
  console.log(join(out, 'index.html'))
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await makeDocs().catch(report)
