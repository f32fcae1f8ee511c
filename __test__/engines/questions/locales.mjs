/** `Intl`. Self-contained, since it runs in isolates too. */
export function locales(ask) {
  // Intl.
  const locales =
    'af am ar ar-EG as az be bg bn bs ca cs cy da de de-AT el en en-GB en-IN es es-MX et eu fa fi fil fr fr-CA ga gl gu he hi hr hu hy id is it ja ka kk km kn ko ky lo lt lv mk ml mn mr ms my nb ne nl nn or pa pl ps pt pt-PT ro ru sd si sk sl so sq sr sr-Latn sv sw ta te th tk tr uk ur uz vi yue zh zh-Hant zu'.split(
      ' ',
    )
  const noon = new Date(Date.UTC(2024, 1, 29, 13, 5, 7))
  const night = new Date(Date.UTC(2023, 10, 3, 2, 0, 0))
  const kinds = {
    ...Object.fromEntries(
      Object.entries({
        'full styles': { dateStyle: 'full', timeStyle: 'long' },
        'short styles': { dateStyle: 'short', timeStyle: 'short' },
        'day periods': {
          year: 'numeric',
          month: 'long',
          day: 'numeric',
          hour: 'numeric',
          dayPeriod: 'long',
        },
        'twelve hours': { hour: 'numeric', minute: '2-digit', hour12: true },
        eras: { era: 'long', weekday: 'short', month: 'short' },
      }).map(([name, options]) => [
        `Intl.DateTimeFormat ${name}`,
        (locale) => {
          const format = new Intl.DateTimeFormat(locale, { timeZone: 'UTC', ...options })
          return [noon, night].map((date) => format.format(date))
        },
      ]),
    ),
    'Intl.DateTimeFormat ranges': (locale) =>
      new Intl.DateTimeFormat(locale, { timeZone: 'UTC' }).formatRange(night, noon),
    'Intl.NumberFormat': (locale) =>
      [
        {},
        { style: 'currency', currency: 'EUR' },
        { style: 'currency', currency: 'JPY', currencyDisplay: 'name' },
        { style: 'percent' },
        { notation: 'compact', compactDisplay: 'long' },
        { style: 'unit', unit: 'kilometer-per-hour', unitDisplay: 'long' },
        { notation: 'scientific' },
      ].flatMap((options) => {
        const format = new Intl.NumberFormat(locale, options)
        return [0, -1234567.891, 1, 2.5].map((number) => format.format(number))
      }),
    'Intl.RelativeTimeFormat': (locale) => {
      const format = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
      return ['second', 'day', 'month', 'quarter', 'year'].flatMap((unit) =>
        [-1, 0, 1, 5].map((n) => format.format(n, unit)),
      )
    },
    'Intl.ListFormat': (locale) =>
      ['conjunction', 'disjunction', 'unit'].map((type) =>
        new Intl.ListFormat(locale, { type }).format(['a', 'b', 'c']),
      ),
    'Intl.PluralRules': (locale) =>
      ['cardinal', 'ordinal'].flatMap((type) =>
        [0, 1, 2, 3, 5, 11, 21, 1.5, 1e6].map((n) =>
          new Intl.PluralRules(locale, { type }).select(n),
        ),
      ),
    'Intl.Collator': (locale) =>
      [
        'z',
        'ä',
        'a',
        'Z',
        'ø',
        'o',
        'ñ',
        'n',
        'ch',
        'c',
        'h',
        '가',
        '中',
        '一',
        'あ',
        'ア',
        'б',
        'é',
        '10',
        '9',
      ].sort(new Intl.Collator(locale).compare),
    'Intl.DisplayNames': (locale) =>
      [
        ['region', 'DE'],
        ['language', 'fr'],
        ['currency', 'USD'],
        ['script', 'Cyrl'],
      ].map(([type, code]) => new Intl.DisplayNames(locale, { type }).of(code)),
    'Intl.Segmenter': (locale) =>
      ['grapheme', 'word', 'sentence'].map((granularity) =>
        [
          ...new Intl.Segmenter(locale, { granularity }).segment(
            "Hi there, it's 3.5 o'clock. 今日は良い天気。สวัสดีครับ 👨‍👩‍👧 ok",
          ),
        ].map(({ segment }) => segment),
      ),
    'Intl.Locale': (locale) => {
      const { language, script, region } = new Intl.Locale(locale).maximize()
      return [language, script, region]
    },
    'Intl.resolvedOptions': (locale) => {
      const { calendar, numberingSystem, hourCycle } = new Intl.DateTimeFormat(locale, {
        hour: 'numeric',
      }).resolvedOptions()
      return [calendar, numberingSystem, hourCycle]
    },
  }
  for (const locale of locales) {
    ask('Intl locales', locale, () => Intl.DateTimeFormat.supportedLocalesOf(locale).length === 1)
    for (const [kind, answer] of Object.entries(kinds)) ask(kind, locale, () => answer(locale))
  }
  for (const key of ['calendar', 'collation', 'currency', 'numberingSystem', 'timeZone', 'unit'])
    ask('Intl.supportedValuesOf', key, () => Intl.supportedValuesOf(key))
  for (const zone of [
    'Europe/Berlin',
    'America/New_York',
    'Asia/Kolkata',
    'Africa/Casablanca',
    'America/Mexico_City',
    'Asia/Almaty',
    'Australia/Lord_Howe',
    'Pacific/Apia',
    'Europe/Kyiv',
    'America/Asuncion',
  ]) {
    const format = () =>
      new Intl.DateTimeFormat('en', { timeZone: zone, dateStyle: 'long', timeStyle: 'long' })
    for (let year = 1950; year < 2040; year += 5)
      ask('time zones', `${zone} ${year}`, () =>
        [0, 6].map((month) => format().format(new Date(Date.UTC(year, month, 1)))),
      )
  }
}
