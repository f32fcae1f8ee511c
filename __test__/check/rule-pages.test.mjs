/**
 * Every rule has a page, whose examples are run: a bad one has a finding of the rule, a good one has none.
 * Behind `bad` and `good` stand, as JSON, options of the check, and with `options` those of the rule.
 */
import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { check, rules } from 'isolane/check'

import { root } from '../../scripts/lib/paths.mjs'
import { markdown } from '../package/markdown.mjs'

const all = rules()
const names = [...all.map(({ name }) => name), 'syntax', 'suppression']
const guide = markdown('docs/check.md')

test('every rule has a page, and every page a rule', () => {
  const pages = readdirSync(join(root, 'docs', 'rules')).map((file) => file.replace(/\.md$/, ''))
  assert.deepEqual(pages.toSorted(), names.toSorted())
})

test('the guide lists every rule as the presets judge it, and which ESLint rule it is like', () => {
  const listed = guide.section('Rules').map((row) => ({
    name: /`([^`]+)`/.exec(row.rule)[1],
    severities: [row.recommended, row['recommended-node'], row.strict],
    mirrors: row["like ESLint's"].replaceAll('`', ''),
  }))
  const declared = all.map(({ name, severities, mirrors }) => ({
    name,
    severities: [severities.recommended, severities['recommended-node'], severities.strict],
    mirrors: mirrors.join(', '),
  }))
  assert.deepEqual(listed, declared)
})

test('the guide lists which options of ESLint are refused, and says what is taken instead', async () => {
  const jsonOf = (cell) =>
    [...cell.matchAll(/`([[{"\d][^`]*)`/g)].map(([, code]) => JSON.parse(code))
  for (const row of guide.section("Options of ESLint's that are not taken")) {
    const [, rule] = /^`(.+)`$/.exec(row.rule) ?? []
    const settings = (cell) =>
      jsonOf(cell).map((value) => (rule ? { [rule]: ['error', value] } : { 'no-with': value }))
    const refused = settings(row['refused, for example'])
    assert.ok(refused.length > 0, row.rule)
    for (const setting of refused) {
      const code = 'ERR_ISOLANE_INVALID_ARGUMENT'
      await assert.rejects(check('', { rules: setting }), { code }, JSON.stringify(setting))
    }
    for (const setting of settings(row.instead)) await check('', { rules: setting })
  }
})

for (const name of names) {
  describe(`docs/rules/${name}.md`, () => {
    const page = markdown(`docs/rules/${name}.md`)
    const examples = page.blocks.filter(({ info }) => /^js (bad|good)/.test(info))

    test('has the name of the rule as its title, and says why', () => {
      assert.equal(page.headings[0], name)
      assert.ok(page.headings.includes('Why'))
    })

    test('says what its options are, if it has some', () => {
      const hasOptions = (all.find((rule) => rule.name === name)?.options ?? null) !== null
      assert.equal(page.headings.includes('Options'), hasOptions)
    })

    test('has bad examples and good ones', () => {
      const kinds = new Set(examples.map(({ info }) => info.split(' ')[1]))
      assert.deepEqual([...kinds].toSorted(), ['bad', 'good'])
    })

    for (const [index, { info, code }] of examples.entries()) {
      const [, kind, json = '{}'] = /^js (\w+) ?(.*)$/.exec(info)
      test(`example ${index + 1} is ${kind}`, async () => {
        const { options: own = [], rules: given, ...options } = JSON.parse(json || '{}')
        const isRule = all.some((rule) => rule.name === name)
        const setting = isRule ? { [name]: ['error', ...(own ?? [])] } : {}
        const found = await check(code, {
          extends: 'none',
          rules: { ...setting, ...given },
          ...options,
        })
        const count = found.filter(({ rule }) => rule === name).length
        assert.equal(count > 0, kind === 'bad', JSON.stringify(found, null, 2))
        // A good example is good by the preset as well.
        if (kind === 'good') assert.ok(!found.some(({ rule }) => rule === 'syntax'))
      })
    }
  })
}
