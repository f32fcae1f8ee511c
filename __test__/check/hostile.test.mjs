/** Sources that nobody writes: there is an answer, and the process lives. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { check, explain } from 'isolane/check'

import { sized } from '../support/size.mjs'

const MEGA = 1 << 20

/** What nests, by what opens and closes it: the shapes that take a parser's stack. */
const SHAPES = [
  ['(', ')'],
  ['[', ']'],
  ['{a:', '}'],
  ['f(', ')'],
  ['!', ''],
  ['- ', ''],
  ['new ', ''],
  ['typeof ', ''],
  ['a=>', ''],
  ['async a=>', ''],
  ['a?b:', ''],
  ['a**', ''],
  ['a+', ''],
  ['a=', ''],
  ['a.', ''],
  ['`${', '}`'],
  ['if(1)', ''],
  ['for(;;)', ''],
  ['while(1)', ''],
  ['do ', ''],
  ['x:', ''],
  ['if(1);else ', ''],
  ['{', '}'],
  ['()=>{', '}'],
  ['class A{[', ']}'],
]

describe('a source of 1 MiB that nests', () => {
  for (const [open, close] of SHAPES) {
    test(`${open}x${close}`, async () => {
      const count = Math.floor(MEGA / (open.length + close.length))
      const closed = `${open.repeat(count)}x${close.repeat(count)}`
      for (const source of [closed, `() => { ${closed} }`, open.repeat(MEGA / open.length)]) {
        assertAnswer(await check(source), source)
      }
    })
  }

  test('a million brackets', async () => {
    for (const bracket of '([{') {
      const found = await check(bracket.repeat(1e6))
      assert.ok(found.some(({ rule }) => rule === 'syntax'))
    }
  })

  test('explained', async () => {
    const { proven } = await explain(`() => ${'['.repeat(1e6)}`)
    assert.equal(proven, false)
  })
})

describe('a source', () => {
  for (const [name, source] of Object.entries({
    'that is empty': '',
    'that is a byte order mark': '\ufeff',
    'that is a hashbang': '#!/usr/bin/env node',
    'that is white space': ' \t\r\n\u2028\u00a0',
    'that is NUL': '\0',
    'with NUL': '() => a\0b',
    'of lone surrogates': '\ud800\udfff\ud83d',
    'with lone surrogates in names': '(\ud800) => \ud800',
    'of emoji': '👩‍🚀'.repeat(1000),
    'of CR alone': '() =>\rmissing\r',
    'of noncharacters': '\uffff\ufffe',
    'of control characters': '() => "\u001b[2J\u0007" + missing',
    'that is one long line': `() => [${'missing,'.repeat(50_000)}]`,
    'of a million lines': '\n'.repeat(1e6),
    'of a million comments': '//\n'.repeat(3e5),
    'of comments that suppress': '// isolane-disable-next-line\n'.repeat(20_000),
    'of a comment that does not end': '/* '.repeat(1000),
    'of a template that does not end': '`${'.repeat(1000),
    'of a regular expression that does not end': '() => /[',
    'of a regular expression that nests': `() => /${'('.repeat(10_000)}${')'.repeat(10_000)}/`,
    'that is longer than is read': ' '.repeat((4 << 20) + 1),
  })) {
    test(`${name} has an answer`, async () => {
      assertAnswer(await check(source, { extends: 'strict' }), source)
    })
  }

  test('that is too long says so', async () => {
    const found = await check('a'.repeat((4 << 20) + 1))
    assert.deepEqual(
      found.map(({ rule }) => rule),
      ['syntax'],
    )
    assert.match(found[0].message, /4194304/)
  })

  test('shows no control character in a frame', async () => {
    const [{ frame }] = await check('() => "\u001b[2J\u0007" + missing')
    assert.doesNotMatch(frame.replaceAll('\n', ''), /\p{Cc}/u)
  })

  test('has a frame that is no longer than a screen, however long its line', async () => {
    const found = await check(`() => [${'missing, '.repeat(50_000)}]`)
    for (const { frame } of found) assert.ok(frame.length < 2000, `${frame.length} characters`)
  })
})

test('a thousand sources at once have their own answers', async () => {
  const count = sized(3000, 300)
  const sources = Array.from({ length: count }, (_, index) => `() => missing${index}`)
  const all = await Promise.all(sources.map((source) => check(source)))
  for (const [index, [found]] of all.entries()) {
    assert.equal(sources[index].slice(found.start, found.end), `missing${index}`)
  }
})

function assertAnswer(found, source) {
  assert.ok(Array.isArray(found))
  for (const { start, end, line, column, message, frame } of found) {
    assert.ok(0 <= start && start <= end && end <= source.length, `${start} to ${end}`)
    assert.ok(line >= 1 && column >= 1)
    assert.ok(typeof message === 'string' && message !== '' && !message.includes('\n'))
    assert.equal(typeof frame, 'string')
  }
}
