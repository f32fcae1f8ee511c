/**
 * The examples of the documentation run as printed. A block marked `js` that imports isolane begins a
 * program; the blocks after it go on with it, each in a scope of its own. One marked `js fragment` is
 * not run. After `log(…)`, on its line or on those below, a comment is what that prints.
 */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { engines } from 'isolane'

import { run } from '../../scripts/lib/run.mjs'
import { filesOfCheckout, markdown } from './markdown.mjs'

const pages = filesOfCheckout()
  .filter((path) => /^(README|docs\/.*|npm\/[\w-]+\/README)\.md$/.test(path))
  .map(markdown)

const options = { skip: engines()[0] === 'v8' ? false : 'they are for the v8 engine' }

describe('the examples of', options, () => {
  for (const { path, blocks } of pages) {
    const programs = programsOf(blocks)
    if (programs.length === 0) continue
    test(`${path} run, and print what they say`, async () => {
      for (const code of programs) {
        const output = await run([process.execPath, '--input-type=module', '--eval', patient(code)])
        assert.equal(output, printedBy(code), code)
      }
    })
  }
})

test('the pages with examples have some', () => {
  const without = pages.filter(({ blocks }) => programsOf(blocks).length === 0)
  const names = ['README', 'docs/api', 'docs/example', 'docs/functions', 'docs/values']
  assert.deepEqual(
    without.filter(({ path }) => names.includes(path.replace(/\.md$/, ''))),
    [],
  )
})

/** Their deadlines are those of a service; tests run on crowded machines. */
function patient(code) {
  return code.replaceAll(/\btimeout: (\d{3,})\b/g, (_, ms) => `timeout: ${ms * 20}`)
}

function programsOf(blocks) {
  const programs = []
  for (const { info, code } of blocks) {
    if (info !== 'js') continue
    if (/^import .* from 'isolane'/m.test(code)) programs.push(code)
    else if (programs.length > 0) programs[programs.length - 1] += `{\n${code}}\n`
    else throw new Error(`no program begins before this, so mark it 'js fragment':\n${code}`)
  }
  return programs
}

function printedBy(code) {
  const printed = []
  let follows = false
  for (const line of code.split('\n')) {
    const [, statement, comment] = /^(.*?)(?:(?:^|\s)\/\/ ([^]*))?$/.exec(line)
    const prints = /\blog\(.*\)/.test(statement)
    const isComment = statement.trim() === '' && comment !== undefined
    if (comment !== undefined && (prints || (isComment && follows))) printed.push(`${comment}\n`)
    follows = (prints && comment === undefined) || (isComment && follows)
  }
  return printed.join('')
}
