/** Dates, and what is done with characters. Self-contained, since it runs in isolates too. */
export function texts(ask) {
  // Dates, without the names of zones: those are in the language of the process.
  const texts = [
    '2024-02-30',
    '2024-02-29T12:00Z',
    '2024-02-29',
    'Feb 29 2024 10:00 PST',
    '29 Feb 2024',
    '2024/2/9',
    '1/2/3',
    '12:00',
    'Thu, 01 Jan 1970 00:00:00 GMT+0200',
    '2024-1-1',
    '+020240-01-01T00:00:00Z',
    '2024-01-01T24:00:00Z',
    '2024-01-01 10:00',
    'January 1',
    'foo 2024',
    '1e3',
    '2024-01-01T00:00:00.123456789Z',
    '(comment) 1 Jan 2000',
    '',
  ]
  for (const text of texts) ask('Date.parse', text, () => Date.parse(text))
  const dates = [0, -1, 1e12, 1709164800000, -62135596800000, 8.64e15, NaN].map(
    (time) => new Date(time),
  )
  for (const date of dates) {
    for (const method of [
      'toString',
      'toUTCString',
      'toDateString',
      'toTimeString',
      'toJSON',
      'getTimezoneOffset',
    ]) {
      ask('Date', `${+date}.${method}`, () => String(date[method]()).replace(/ \(.*\)$/, ''))
    }
  }

  // Texts.
  const words = [
    '',
    'ABC',
    'İstanbul',
    'ß',
    'ẞ',
    'ŉ',
    'ΌΣΟΣ',
    'ﬁ',
    'Ǆ',
    'é',
    'e\u0301',
    '\u1e9b\u0323',
    '한국어',
    '각',
    'Å',
    '①',
    '𝒳',
    '𐐀',
    '\ud800',
    'ꟊ',
    'Ა',
    'ꭰ',
    '\u0345',
    'ǰ',
    'ﷺ',
    '\u2126',
  ]
  for (const word of words) {
    for (const form of ['NFC', 'NFD', 'NFKC', 'NFKD'])
      ask('String.normalize', `${word} ${form}`, () => word.normalize(form))
    ask('String.case', `lower ${word}`, () => word.toLowerCase())
    ask('String.case', `upper ${word}`, () => word.toUpperCase())
    for (const locale of ['tr', 'lt', 'el', 'az', 'nl']) {
      ask('String.case', `lower ${locale} ${word}`, () => word.toLocaleLowerCase(locale))
      ask('String.case', `upper ${locale} ${word}`, () => word.toLocaleUpperCase(locale))
    }
    ask('String.compare', word, () =>
      words.map((other) => Math.sign(word.localeCompare(other, 'en'))),
    )
  }
  // All characters, in blocks of 4096, as sums.
  const sum = (text) => {
    let hash = 0
    for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0
    return hash
  }
  for (let block = 0; block < 0x20000; block += 4096) {
    let text = ''
    for (let code = block; code < block + 4096; code++)
      if (code < 0xd800 || code > 0xdfff) text += String.fromCodePoint(code)
    ask('String.case', `lower ${block.toString(16)}`, () => sum(text.toLowerCase()))
    ask('String.case', `upper ${block.toString(16)}`, () => sum(text.toUpperCase()))
    ask('String.normalize', `block ${block.toString(16)}`, () => sum(text.normalize('NFKD')))
    for (const property of [
      'L',
      'N',
      'P',
      'Emoji',
      'ID_Start',
      'Script=Latin',
      'Uppercase',
      'White_Space',
    ]) {
      ask(
        'RegExp.properties',
        `${property} ${block.toString(16)}`,
        () => (text.match(new RegExp(`\\p{${property}}`, 'gu')) ?? []).length,
      )
    }
  }
}
