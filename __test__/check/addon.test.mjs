import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { join } from 'node:path'

import { root } from '../../scripts/lib/paths.mjs'

const dist = pathToFileURL(join(root, 'npm/isolane/dist/addon/native.js'))
const { binding } = await import(dist)
const { check, parseEstree, checkRules, frame } = binding()

const checked = async (source, options = {}) =>
  JSON.parse(await check(source, JSON.stringify(options)))

test('a check resolves with diagnostics, whose places are those of the text', async () => {
  const source = "(room) =>\r\n  '😀' + missing"
  const report = await checked(source)
  const [found] = report.diagnostics
  assert.equal(found.rule, 'no-undef')
  assert.equal(source.slice(found.start, found.end), 'missing')
  assert.deepEqual([found.line, found.column, found.endLine, found.endColumn], [2, 10, 2, 17])
  assert.equal(found.frame, "  1 | (room) =>\n> 2 |   '😀' + missing\n    |          ^^^^^^^")
  assert.deepEqual([report.errors, report.warnings, report.omitted], [1, 0, 0])
  assert.deepEqual([report.form, report.requires], ['function', []])
})

test('lone surrogates and NUL are characters', async () => {
  const source = "() => ['\ud800', '\udc00', '\0', missing]"
  const [found] = (await checked(source)).diagnostics
  assert.equal(source.slice(found.start, found.end), 'missing')
})

test('wrong options are a fault that names them', async () => {
  const { fault } = await checked('', { rules: { 'no-evil': 'error' } })
  assert.deepEqual([fault.path, fault.nearest], ['rules.no-evil', 'no-eval'])
})

test('texts that are no JavaScript are a diagnostic', async () => {
  const { diagnostics, errors } = await checked('(a) => {')
  assert.equal(errors, 1)
  assert.equal(diagnostics[0].rule, 'syntax')
  assert.equal(diagnostics[0].message, 'Expected `}` before the end of the text')
})

test('what nests as deep as it is long is a diagnostic', async () => {
  const { diagnostics } = await checked('('.repeat(2 ** 20))
  assert.equal(diagnostics[0].rule, 'syntax')
})

test('the proof that shared values stay as they are is explained', async () => {
  const { readOnly } = await checked('(room) => { room.seen = true }', { explain: true })
  assert.equal(readOnly.proven, false)
  assert.match(readOnly.findings[0].message, /may not be the function's own/)
  assert.match(readOnly.findings[0].frame, /\^/)
})

test('a tree is as ESTree has it, with offsets in UTF-16', async () => {
  const source = "/* 😀 */ method(a) { return '😀' + a }"
  const { program, comments } = JSON.parse(await parseEstree(source, '{}'))
  assert.equal(program.type, 'Program')
  const [property] = program.body[0].expression.properties
  assert.equal(source.slice(property.key.start, property.key.end), 'method')
  assert.equal(source.slice(comments[0].start, comments[0].end), '/* 😀 */')
  const { diagnostics } = JSON.parse(await parseEstree('(', '{}'))
  assert.equal(diagnostics[0].rule, 'syntax')
})

test('rules are described', () => {
  const rules = JSON.parse(checkRules())
  const names = rules.map(({ name }) => name)
  assert.deepEqual(names, names.toSorted())
  assert.ok(rules.every(({ summary }) => summary.endsWith('.')))
})

test('a frame shows a place that JavaScript found', () => {
  assert.equal(frame('😀bad', 2, 5, false), '> 1 | 😀bad\n    |   ^^^')
})
