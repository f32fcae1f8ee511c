/** What is published for every platform, put together here with a file in the place of each addon. */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, relative, sep } from 'node:path'
import { after, before, describe, test } from 'node:test'

import { packages } from '../../scripts/lib/packages.mjs'
import { npm, run } from '../../scripts/lib/run.mjs'
import { addonNames, stage } from '../../scripts/pack/stage.mjs'
import { declarationsFrom } from '../../scripts/pack/types.mjs'

describe('the packages that are published', () => {
  let place
  let folders

  before(() => {
    place = mkdtempSync(join(tmpdir(), 'isolane-packing-'))
    const addons = addonNames().map((name) => join(place, name))
    for (const addon of addons) writeFileSync(addon, 'an addon')
    mkdirSync(join(place, 'staged'))
    folders = stage(join(place, 'staged'), addons)
  })

  after(() => rmSync(place, { recursive: true }))

  const manifestOf = (folder) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))

  const published = packages()
    .filter(({ isPublished }) => isPublished)
    .map(({ name }) => name)
  const ofPlatforms = () => folders.slice(0, addonNames().length)
  const main = () => folders.find((folder) => manifestOf(folder).name === 'isolane')

  async function contentsOf(folder) {
    const output = await run([...npm(), 'pack', folder, '--dry-run', '--json', '--silent'])
    const [{ files }] = JSON.parse(output.slice(output.indexOf('[')))
    return files.map(({ path }) => path).toSorted()
  }

  test('come in the order of their dependencies, the addons first', () => {
    const names = folders.map((folder) => manifestOf(folder).name)
    assert.deepEqual(names.slice(addonNames().length), published)
  })

  test('of a platform hold the addon and the terms, and nothing else', async () => {
    for (const folder of ofPlatforms()) {
      const { main } = manifestOf(folder)
      const files = ['LICENSE', 'THIRD-PARTY-NOTICES.txt', main, 'package.json']
      assert.deepEqual(await contentsOf(folder), files.toSorted(), basename(folder))
    }
  })

  test('of a platform are optional dependencies of the package, in the same version', () => {
    const { version, optionalDependencies, dependencies } = manifestOf(main())
    const platforms = ofPlatforms().map((folder) => [manifestOf(folder).name, version])
    assert.deepEqual(optionalDependencies, Object.fromEntries(platforms))
    assert.equal(dependencies, undefined)
  })

  test('run nothing when they are installed', () => {
    for (const folder of folders) assert.equal(manifestOf(folder).scripts, undefined)
  })

  test('hold no addon but that of their platform', async () => {
    const files = await contentsOf(main())
    assert.ok(files.includes('dist/index.js'))
    assert.deepEqual(
      files.filter((path) => path.endsWith('.node')),
      [],
    )
  })

  test('hold the declarations that their types lead to, and no other', async () => {
    const files = await contentsOf(main())
    const declarations = files.filter((path) => path.endsWith('.d.ts'))
    const entries = ['index.d.ts', join('check', 'index.d.ts')]
    const lists = entries.map((entry) => declarationsFrom(join(main(), 'dist', entry)))
    const read = [...new Set(lists.flatMap((list) => [...list]))]
    assert.deepEqual(
      declarations,
      read.map((path) => relative(main(), path).split(sep).join('/')).toSorted(),
    )
    assert.ok(declarations.includes('dist/pool/pool.d.ts'))
    assert.ok(!declarations.includes('dist/native/binding.d.ts'))
  })

  test('have the command, which runs on its own', async () => {
    const folder = main()
    const { bin, version } = manifestOf(folder)
    assert.deepEqual(Object.keys(bin), ['isolane'])
    assert.ok((await contentsOf(folder)).includes(bin.isolane))
    const file = join(folder, bin.isolane)
    assert.match(readFileSync(file, 'utf8'), /^#!\/usr\/bin\/env node\n/)
    assert.equal(await run([process.execPath, file, '--version']), `${version}\n`)
  })

  test('must have a place for each addon', () => {
    const stray = join(place, 'isolane.amiga-m68k.node')
    writeFileSync(stray, '')
    assert.throws(() => stage(place, [stray]), /isolane\.amiga-m68k\.node belongs to none/)
  })
})
