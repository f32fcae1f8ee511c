/** TextEncoder, TextDecoder, atob and btoa. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { onlyV8 } from '../support/engine.mjs'
import { range, settled, withPool } from '../support/pools.mjs'
import { comparing, random } from './support.mjs'

const texts = ['', 'a', 'é', '漢字', '😀', 'a\ud800b', '\udc00', '\ufeffx', 'x'.repeat(70_000), '漢a'.repeat(40_000)] // prettier-ignore

/** Bytes of all kinds: valid, cut off, overlong, surrogates, marks. */
function manyBytes(count) {
  const next = random(7)
  const pieces = [[97], [0xc3, 0xa9], [0xe6, 0xbc, 0xa2], [0xf0, 0x9f, 0x98, 0x80], [0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xe6], [0xf0, 0x9f], [0xef, 0xbb, 0xbf], [0xff, 0xfe], [0xf4, 0x90, 0x80, 0x80]] // prettier-ignore
  return range(count).map(() => range(1 + next(6)).flatMap(() => pieces[next(pieces.length)]))
}

describe('TextEncoder', () => {
  const same = comparing()

  it('encodes as Node does', () =>
    same((all) => all.map((text) => [...new TextEncoder().encode(text).subarray(0, 50)]), texts))

  it('takes what is no text as text', () =>
    same(() => [undefined, null, 5, { toString: () => 'x' }].map((value) => [...new TextEncoder().encode(value)]))) // prettier-ignore

  it('encodes into what has room for a part', () =>
    same(
      (all) =>
        all.flatMap((text) =>
          [0, 1, 2, 3, 4, 5, 6, 1000].map((length) => {
            const bytes = new Uint8Array(length + 2)
            const { read, written } = new TextEncoder().encodeInto(
              text,
              bytes.subarray(1, 1 + length),
            )
            return [read, written, [...bytes.subarray(0, 10)]]
          }),
        ),
      texts,
    ))

  it('has members as the web has them', () =>
    same(() => [
      new TextEncoder().encoding,
      Object.keys(TextEncoder.prototype).sort(),
      TextEncoder.name,
      String(new TextEncoder()),
      TextEncoder.prototype.encode.length,
    ]))

  it('encodes into memory that is shared, and into none that is detached', onlyV8, () =>
    withPool({ threads: 1 }, async (pool) => {
      const encode = () => {
        const shared = new Uint8Array(new SharedArrayBuffer(8))
        const gone = new Uint8Array(4)
        gone.buffer.transfer()
        const encoder = new TextEncoder()
        const shrinks = new Uint8Array(new ArrayBuffer(8, { maxByteLength: 8 }))
        const source = { toString: () => (shrinks.buffer.resize(2), 'abc') }
        return [
          encoder.encodeInto('aé', shared),
          [...shared],
          encoder.encodeInto('aé', gone),
          encoder.encodeInto(source, shrinks),
        ]
      }
      assert.deepEqual(await settled(pool.run(encode)), [
        { read: 2, written: 3 },
        [97, 195, 169, 0, 0, 0, 0, 0],
        { read: 0, written: 0 },
        { read: 2, written: 2 },
      ])
    }),
  )

  it('refuses what it is not, and what is no Uint8Array', () =>
    same(() => {
      const kindOf = (run) => {
        try {
          return run()
        } catch (error) {
          return error.name
        }
      }
      return [
        kindOf(() => TextEncoder()),
        kindOf(() => TextEncoder.prototype.encode.call({}, 'x')),
        kindOf(() => new TextEncoder().encodeInto('x', new Uint16Array(2))),
        kindOf(() => new TextEncoder().encodeInto('x', [])),
        kindOf(() => new TextEncoder().encode(Symbol('x'))),
      ]
    }))
})

describe('TextDecoder', () => {
  const same = comparing()
  const decode = (all) =>
    all.map((bytes) =>
      [{}, { ignoreBOM: true }, { fatal: true }].map((options) => {
        try {
          return new TextDecoder('utf-8', options).decode(new Uint8Array(bytes))
        } catch (error) {
          return error.name
        }
      }),
    )

  it('decodes UTF-8 as Node does', () => same(decode, manyBytes(3000)))

  it('decodes UTF-16 as Node does', () =>
    same(
      (all) => all.map((bytes) => new TextDecoder('utf-16le').decode(new Uint8Array(bytes))),
      manyBytes(500),
    ))

  it('decodes streams, cut anywhere', () =>
    same(
      (all) =>
        all.map((bytes) =>
          [1, 2, 3].map((size) => {
            const decoder = new TextDecoder()
            let text = ''
            for (let i = 0; i < bytes.length; i += size) {
              text += decoder.decode(new Uint8Array(bytes.slice(i, i + size)), { stream: true })
            }
            return text + decoder.decode()
          }),
        ),
      manyBytes(500),
    ))

  it('knows labels', () =>
    same(() =>
      ['utf8', ' UTF-8\n', 'unicode-1-1-utf-8', 'latin1', 'ascii', 'utf-16', 'utf-16be', 'shift_jis', 'euc-jp', 'gbk', 'gb18030', 'big5', 'euc-kr', 'koi8-r', 'windows-1251', 'iso-8859-2', 'macintosh', 'nope', '', 'utf-7'].map((label) => {
        try {
          return new TextDecoder(label).encoding
        } catch (error) {
          return error.name
        }
      }),
    )) // prettier-ignore

  it('decodes legacy encodings as the standard has them', onlyV8, () =>
    withPool({ threads: 1 }, async (pool) => {
      const bytes = {
        'windows-1252': [0x80, 0x99, 0xe9],
        'iso-8859-2': [0xb1, 0xe6],
        'koi8-r': [0xcd, 0xc9, 0xd2],
        shift_jis: [0x82, 0xa0, 0x83],
        'euc-jp': [0xa4, 0xa2],
        'iso-2022-jp': [0x1b, 0x24, 0x42, 0x24, 0x22, 0x1b, 0x28, 0x42, 0x61],
        gb18030: [0xc4, 0xe3, 0x81, 0x30, 0x81, 0x30],
        big5: [0xa7, 0x41],
        'euc-kr': [0xb0, 0xa1],
        'x-user-defined': [0x41, 0x80],
      }
      const decodeAll = (all) =>
        Object.entries(all).map(([label, list]) => {
          const decoder = new TextDecoder(label)
          const whole = decoder.decode(new Uint8Array(list))
          let text = ''
          for (const byte of list) text += decoder.decode(new Uint8Array([byte]), { stream: true })
          return [whole, text + decoder.decode() === whole]
        })
      assert.deepEqual(
        await settled(pool.run(decodeAll, bytes)),
        ['€™é', 'ąć', 'мир', 'あ\ufffd', 'あ', 'あa', '你\u0080', '你', '가', 'A\uf780'].map((text) => [text, true]),
      ) // prettier-ignore
    }),
  )

  it('reads every kind of buffer', () =>
    same(() => {
      const bytes = new TextEncoder().encode('xaéx')
      const shared = new Uint8Array(new SharedArrayBuffer(3))
      shared.set([97, 98, 99])
      const decoder = new TextDecoder()
      return [
        decoder.decode(bytes.buffer.slice(0, bytes.length)),
        decoder.decode(bytes.subarray(1, 4)),
        decoder.decode(new DataView(bytes.buffer, 1, 3)),
        decoder.decode(new Uint16Array([0x6261])),
        decoder.decode(shared),
        decoder.decode(shared.buffer),
        decoder.decode(),
        decoder.decode(new Uint8Array(0)),
      ]
    }))

  it('takes what an option has detached as empty', () =>
    same(() => {
      const bytes = new Uint8Array([97])
      const options = {
        get stream() {
          structuredClone(bytes.buffer, { transfer: [bytes.buffer] })
          return false
        },
      }
      return new TextDecoder().decode(bytes, options)
    }))

  it('has members as the web has them', () =>
    same(() => {
      const decoder = new TextDecoder('latin1', { fatal: true, ignoreBOM: true })
      return [decoder.encoding, decoder.fatal, decoder.ignoreBOM, String(decoder)]
    }))

  it('gives memory of decoders back that were left in the middle of a stream', onlyV8, () =>
    withPool({ threads: 1, memoryLimitMb: 16 }, async (pool) => {
      const leave = () => {
        for (let i = 0; i < 60_000; i++)
          new TextDecoder().decode(new Uint8Array([0xe6]), { stream: true })
        return 'done'
      }
      assert.equal(await settled(pool.run(leave)), 'done')
    }),
  )
})

describe('atob and btoa', () => {
  const same = comparing()
  const tried = (all) =>
    all.map((text) => {
      const kinds = []
      for (const convert of [atob, btoa]) {
        try {
          kinds.push(convert(text))
        } catch (error) {
          kinds.push([error.name, error.code, error instanceof DOMException])
        }
      }
      return kinds
    })

  it('convert as Node does', () =>
    same(tried, ['', 'a', 'ab', 'abc', 'abcd', 'ab=', 'ab==', 'abc=', 'a=b=', '====', ' a b c d ', 'YQ==\n', 'a-b_', 'é', '漢', '\u00ff\u0000', 'abcde', null, undefined, 5])) // prettier-ignore

  it('convert random texts as Node does', () => {
    const next = random(3)
    const letters = 'AZaz09+/= \n-é'
    const made = range(2000).map(() => range(next(9)).map(() => letters[next(letters.length)]).join('')) // prettier-ignore
    return same(tried, made)
  })

  it('come back to what they were given', () =>
    same(() => {
      const all = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)).join('')
      return [btoa(all), atob(btoa(all)) === all]
    }))
})
