/** URL and URLSearchParams. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { onlyV8 } from '../support/engine.mjs'
import { range, settled, withPool } from '../support/pools.mjs'
import { comparing, random } from './support.mjs'

const PARTS = ['href', 'origin', 'protocol', 'username', 'password', 'host', 'hostname', 'port', 'pathname', 'search', 'hash'] // prettier-ignore

const urls = [
  'http://user:pass@exämple.com:8080/a/../b?x=1&y=2#h',
  'HTTP://EXAMPLE.com:80/%7Efoo/./bar//baz?',
  'https://example.com:443/?q=a b&é=ü#frag ment',
  'http://1.2.3/',
  'http://0x7f.1/',
  'http://[::1]:3000/x',
  'http://[1:2::3:4]/',
  'http://a b/',
  'http://ex%41mple.com/',
  'http://faß.de/',
  'http://日本語.jp/パス?クエリ#フラグ',
  'http://xn--mgbh0fb.xn--kgbechtv/',
  'mailto:someone@example.com',
  'data:text/plain,hello world#x',
  'javascript:alert(1)',
  'blob:https://example.com/uuid',
  'file:///etc/passwd',
  'file:///C:/x/../y',
  'ws://h/p?q',
  'ftp://u@h:21/',
  'custom://Host:99/Path?q#f',
  'custom:opaque/path',
  'urn:isbn:0451450523',
  'http://h:65536/',
  'http://h:99999999/',
  'http://h:/',
  'http:///h',
  'http:h',
  '//h/p',
  '/p?q',
  '?q',
  '#f',
  '',
  ' http://h/ \n',
  'ht\ntp://h/',
  'http://h/\\x\\y',
  'http://h/%',
  'http://h/%zz%41',
  'http://h/\ud800',
  'http://@/',
  'http://:@h/',
  'http://h/?a=%26&b=+',
  'http://h/a%2e%2e/b/%2e./c',
]

const read = ([all, names]) =>
  all.map(([url, base]) => {
    try {
      const parsed = base === undefined ? new URL(url) : new URL(url, base)
      return names.map((name) => parsed[name])
    } catch (error) {
      return [error.name, error.code, error.input]
    }
  })

describe('URL', () => {
  const same = comparing()

  it('parses as Node does', () => same(read, [urls.map((url) => [url]), PARTS]))

  it('resolves against a base as Node does', () => {
    const bases = ['http://u:p@h:1/a/b?q#f', 'https://h', 'mailto:x', 'custom://h/p/q', 'nonsense']
    return same(read, [bases.flatMap((base) => urls.map((url) => [url, base])), PARTS])
  })

  it('parses thousands of made-up ones as Node does', () => {
    const next = random(11)
    const pieces = ['http:', 'https:', 'foo:', '//', '/', '/', 'h', 'a.b', 'é', ':', '8', '@', '?', '#', '&', '=', '%41', '%', '..', '.', ' ', '[', ']', '::1', 'x', '\\', '"', '<', '|', '`', '{', '~', '漢'] // prettier-ignore
    const made = range(5000).map(() => [range(1 + next(9)).map(() => pieces[next(pieces.length)]).join('')])
      // Of spaces at the end of an opaque path Node 24 has a newer view.
      .filter(([url]) => !/ [#?]/.test(url)) // prettier-ignore
    const based = made.map(([url]) => [url, 'http://base/x/y?z'])
    return same(read, [[...made, ...based], PARTS])
  })

  it('changes its parts as Node does', () =>
    same(
      ([all, names]) => {
        const values = ['', 'x', '80', '443', '99999', '12ab', 'é', 'a/b', '?k=v', '#g', 'https', 'https:', 'foo:', 'a b', '@', '%41', '[::2]']
        // Those of which Node 20 has an older view.
        const isOld = (name, value) => name === 'port' && /^[%[]/.test(value)
        const changed = []
        for (const url of all) {
          for (const name of names) {
            if (name === 'origin') continue
            for (const value of values.filter((each) => !isOld(name, each))) {
              const parsed = new URL(url)
              try {
                parsed[name] = value
              } catch (error) {
                changed.push(error.name)
              }
              changed.push(parsed.href)
            }
          }
        }
        return changed
      },
      [['http://u:p@h:8/a/b?q#f', 'https://h/', 'mailto:x@y', 'custom://h:1/p'], PARTS],
    )) // prettier-ignore

  it('and its parameters follow each other', () =>
    same(() => {
      const url = new URL('http://h/?a=1&b=2&a=3')
      const { searchParams } = url
      const seen = [[...searchParams], url.searchParams === searchParams]
      searchParams.append('c', 'x y&z')
      seen.push(url.href)
      url.search = '?d=4'
      seen.push([...searchParams])
      searchParams.delete('d')
      seen.push(url.href)
      url.href = 'http://k/?e=5'
      seen.push([...searchParams])
      searchParams.sort()
      searchParams.set('f', 'é')
      return [...seen, url.href]
    }))

  it('takes parameters that have changed, whatever is asked next', () =>
    same(() => {
      const names = ['href', 'search', 'hash', 'pathname', 'origin', 'toString', 'toJSON']
      return names.map((name) => {
        const url = new URL('http://h/p?a=1#f')
        url.searchParams.append('b', '2')
        const first = typeof url[name] === 'function' ? url[name]() : url[name]
        url.searchParams.append('c', '3')
        url.hash = 'g'
        url.searchParams.delete('a')
        url.searchParams.delete('b')
        url.searchParams.delete('c')
        return [first, url.href, [...url.searchParams]]
      })
    }))

  it('has members as the web has them', () =>
    same(() => {
      const url = new URL('http://h/p')
      return [
        JSON.stringify({ url }),
        `${url}`,
        Object.prototype.toString.call(url),
        Object.keys(Object.getOwnPropertyDescriptors(URL.prototype)).includes('href'),
        Object.getOwnPropertyDescriptor(URL.prototype, 'href').enumerable,
        URL.canParse('x'),
        URL.canParse('x', 'http://h'),
        URL.name,
        URL.length,
      ]
    }))

  it('refuses what it is not', () =>
    same(() =>
      [() => URL('http://h'), () => new URL(), () => URL.prototype.href, () => new URL(Symbol('x'))].map((run) => {
        try {
          return run()
        } catch (error) {
          return error.name
        }
      }),
    )) // prettier-ignore

  it('refuses what is too long, and comes back', onlyV8, () =>
    withPool({ threads: 1, memoryLimitMb: 64 }, async (pool) => {
      const long = () => {
        const kinds = []
        for (const text of [`http://h/${'é'.repeat(5e6)}`, `http://${'ü'.repeat(1e6)}/`]) {
          try {
            kinds.push(new URL(text).href.length)
          } catch (error) {
            kinds.push(error.name)
          }
        }
        return kinds
      }
      assert.deepEqual(await settled(pool.run(long)), ['TypeError', 'TypeError'])
      assert.equal(await settled(pool.run(() => new URL('http://h').href)), 'http://h/')
    }),
  )
})

describe('URLSearchParams', () => {
  const same = comparing()

  it('reads what it is given as Node does', () =>
    same(() => {
      const inits = ['', '?', 'a=1', '?a=1&a=2', 'a=b=c', '&&a', '=x', 'a=%C3%A9+b', '%zz=%', 'é=漢', undefined, { a: 1, b: [2, 3] }, [['a', 'b'], ['c', 'd']], new Map([['k', 'v']]), new URLSearchParams('z=1'), [['a']], [5], 5]
      return inits.map((init) => {
        try {
          const params = new URLSearchParams(init)
          return [String(params), [...params], params.size]
        } catch (error) {
          return error.name
        }
      })
    })) // prettier-ignore

  it('reads and writes what is long as Node does', () =>
    same(() => {
      const pairs = Array.from({ length: 6000 }, (_, n) => `k${n % 70}=${'v'.repeat(n % 50)}%26é`)
      const texts = [
        pairs.join('&'),
        `?${pairs.join('&')}&`,
        `??${'&'.repeat(20_000)}a=1`,
        'x'.repeat(30_000),
        `a=${'b'.repeat(8190)}&?c=d&${'&'.repeat(9000)}?e`,
        `k=${'v'.repeat(1000)}&`.repeat(4400),
      ]
      return texts.map((text) => {
        const params = new URLSearchParams(text)
        return [params.size, [...params].slice(-3), String(params)]
      })
    }))

  it('changes as Node does', () =>
    same(() => {
      const params = new URLSearchParams('b=1&a=2&b=3&c=4')
      const seen = []
      const note = (value) => seen.push([value, String(params)])
      note(params.get('b'))
      note(params.get('x'))
      note(params.getAll('b'))
      note(params.has('a'))
      note(params.has('a', '9'))
      params.set('b', 'new')
      note(0)
      params.append('\ud83d', '\ud800x')
      note(0)
      params.sort()
      note(0)
      params.delete('b')
      params.delete('c', 'other')
      note(0)
      params.forEach(function (value, name, all) {
        seen.push([value, name, all === params, this])
      }, 'me')
      return [...seen, [...params.keys()], [...params.values()], [...params.entries()]]
    }))

  it('sorts stably, by code units', () => {
    const next = random(5)
    const names = ['z', 'a', '\u{1f600}', '\uffff', 'é', 'aa', '']
    const query = range(300).map((n) => `${encodeURIComponent(names[next(names.length)])}=${n}`).join('&') // prettier-ignore
    return same((text) => {
      const params = new URLSearchParams(text)
      params.sort()
      return [...params]
    }, query)
  })

  it('iterates over what changes meanwhile', () =>
    same(() => {
      const params = new URLSearchParams('a=1&b=2&c=3')
      const seen = []
      for (const [name] of params) {
        seen.push(name)
        if (name === 'a') params.delete('a')
      }
      const iterator = params.keys()
      return [seen, Object.prototype.toString.call(iterator), typeof iterator[Symbol.iterator], iterator.next()]
    })) // prettier-ignore
})
