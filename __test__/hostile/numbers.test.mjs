import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'

const text = (name) => readFileSync(new URL(name, import.meta.url), 'utf8')

/** Numbers that names of tests in a file begin with. */
function numbersIn(file) {
  const names = [...text(`${file}.test.mjs`).matchAll(/(?:^ {2}|it\()'((?:\d+ )+)/gm)]
  return new Set(names.flatMap(([, numbers]) => numbers.trim().split(' ').map(Number)))
}

test('each number of the table is tested where the table says', () => {
  const rows = [...text('README.md').matchAll(/^\| (\d+) \|.*\| ([^|]+) \|$/gm)]
  assert.deepEqual(
    rows.map(([, number]) => Number(number)),
    rows.map((_, index) => index + 1),
  )
  for (const [, number, files] of rows) {
    for (const file of files.split(';')[0].split(',')) {
      assert.ok(numbersIn(file.trim()).has(Number(number)), `${number} is not in ${file}`)
    }
  }
})
