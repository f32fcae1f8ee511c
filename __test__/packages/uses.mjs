/**
 * Packages that people compute with, in the versions of `docs/packages.md`, each with a small use: a module
 * whose default export is called, and gives what JSON can say.
 */
export const uses = {
  '@msgpack/msgpack@3.1.3': `import { encode, decode } from '@msgpack/msgpack'
    export default () => [[...encode({ a: [1, 'é', 2.5], b: null })], decode(encode({ x: [1, { y: 'z' }] }))]`,
  '@noble/hashes@2.4.0': `import { sha256 } from '@noble/hashes/sha2.js'; import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
    export default () => bytesToHex(sha256(utf8ToBytes('abc')))`,
  '@turf/turf@7.4.0': `import { point, distance, bbox, polygon, area, booleanPointInPolygon } from '@turf/turf'
    export default () => { const p = polygon([[[0, 0], [0, 2], [2, 2], [2, 0], [0, 0]]]); return [distance(point([0, 0]), point([1, 1])).toFixed(6), bbox(p), area(p).toFixed(2), booleanPointInPolygon(point([1, 1]), p)] }`,
  'acorn@8.19.0': `import { parse } from 'acorn'
    export default () => parse('const x = (a) => a?.b ?? 1', { ecmaVersion: 2022 })`,
  'ajv@8.20.0': `import Ajv from 'ajv'
    export default () => { const validate = new Ajv({ allErrors: true }).compile({ type: 'object', required: ['a'], properties: { a: { type: 'integer', minimum: 2 }, b: { type: 'string', pattern: '^x' } } }); return [validate({ a: 3, b: 'xy' }), validate({ a: 1, b: 'y' }), validate.errors.map((e) => e.message)] }`,
  'bignumber.js@11.1.5': `import BigNumber from 'bignumber.js'
    export default () => [new BigNumber('0.1').plus('0.2').toString(), new BigNumber(2).pow(200).toFixed()]`,
  'cheerio@1.2.0': `import { load } from 'cheerio'
    export default () => { const $ = load('<ul><li class="a">x</li><li>y &amp; z</li></ul>'); return [$('li').length, $('.a').text(), $('ul').html()] }`,
  'compromise@14.17.0': `import nlp from 'compromise'
    export default () => nlp('she sells seashells by the seashore').verbs().toPastTense().all().text()`,
  'crypto-js@4.2.0': `import CryptoJS from 'crypto-js'
    export default () => [CryptoJS.SHA1('abc').toString(), CryptoJS.HmacMD5('a', 'key').toString(), CryptoJS.AES.decrypt(CryptoJS.AES.encrypt('secret', 'k'), 'k').toString(CryptoJS.enc.Utf8)]`,
  'currency.js@2.0.4': `import currency from 'currency.js'
    export default () => [currency(1.1).add(2.2).value, currency('1,234.5').format(), currency(100).distribute(3).map(String)]`,
  'd3-array@3.2.5': `import { bin, extent, group, quantile } from 'd3-array'
    export default () => [extent([3, 1, 2]), quantile([1, 2, 3, 4], 0.3), bin()([1, 2, 2, 5]).map((b) => b.length), [...group([1, 2, 3], (x) => x % 2)]]`,
  'd3-geo@3.1.2': `import { geoArea, geoDistance, geoMercator, geoPath } from 'd3-geo'
    export default () => [geoDistance([0, 0], [1, 1]).toFixed(9), geoPath(geoMercator())({ type: 'LineString', coordinates: [[0, 0], [10, 10]] })]`,
  'date-fns@4.4.0': `import { addMonths, differenceInDays, format } from 'date-fns'
    export default () => [format(new Date(2024, 0, 31), 'yyyy-MM-dd EEEE'), format(addMonths(new Date(2024, 0, 31), 1), 'PPPP'), differenceInDays(new Date(2024, 2, 1), new Date(2024, 1, 1))]`,
  'dayjs@1.11.23': `import dayjs from 'dayjs'
    export default () => [dayjs('2024-02-29').add(1, 'year').format('YYYY-MM-DD'), dayjs('2024-01-01').diff('2023-01-01', 'day')]`,
  'decimal.js@10.6.0': `import Decimal from 'decimal.js'
    export default () => [new Decimal('0.1').plus('0.2').toString(), Decimal.sqrt(2).toFixed(30), new Decimal(3).pow(-7).toString()]`,
  'expr-eval@2.0.2': `import { Parser } from 'expr-eval'
    export default () => [Parser.evaluate('2 * x + max(1, y)', { x: 3, y: 5 }), Parser.parse('a and not b').toString()]`,
  'fast-xml-parser@5.12.1': `import { XMLBuilder, XMLParser } from 'fast-xml-parser'
    export default () => { const value = new XMLParser({ ignoreAttributes: false }).parse('<a x="1"><b>2</b><b>é</b></a>'); return [value, new XMLBuilder({ ignoreAttributes: false }).build(value)] }`,
  'fastest-levenshtein@1.0.16': `import { closest, distance } from 'fastest-levenshtein'
    export default () => [distance('kitten', 'sitting'), closest('fast', ['slow', 'faster', 'fastest'])]`,
  'fflate@0.8.3': `import { deflateSync, gzipSync, inflateSync, strFromU8, strToU8, gunzipSync } from 'fflate'
    export default () => [strFromU8(inflateSync(deflateSync(strToU8('hello '.repeat(100))))).length, strFromU8(gunzipSync(gzipSync(strToU8('é漢'))))]`,
  'filtrex@3.1.0': `import { compileExpression } from 'filtrex'
    export default () => compileExpression('x > 2 and name == "a"')({ x: 3, name: 'a' })`,
  'fuse.js@7.5.0': `import Fuse from 'fuse.js'
    export default () => new Fuse([{ t: 'Old Man' }, { t: 'The Lock' }, { t: 'Locksmith' }], { keys: ['t'], includeScore: true }).search('lock')`,
  'graphology@0.26.0': `import { DirectedGraph } from 'graphology'
    export default () => { const g = new DirectedGraph(); g.addNode('a'); g.addNode('b'); g.addEdgeWithKey('e', 'a', 'b', { w: 1 }); return [g.order, g.size, g.neighbors('a'), g.export()] }`,
  'h3-js@4.5.0': `import { cellToBoundary, gridDisk, latLngToCell } from 'h3-js'
    export default () => { const cell = latLngToCell(37.7, -122.4, 7); return [cell, gridDisk(cell, 1), cellToBoundary(cell).length] }`,
  'handlebars@4.7.10': `import Handlebars from 'handlebars/dist/handlebars.js'
    export default () => Handlebars.compile('{{#each list}}<b>{{name}}</b>{{/each}}')({ list: [{ name: 'x' }, { name: '<y>' }] })`,
  'htmlparser2@12.0.0': `import { parseDocument, DomUtils } from 'htmlparser2'
    export default () => DomUtils.textContent(parseDocument('<p>a<b>b</b>&lt;c</p>'))`,
  'immer@11.2.13': `import { produce } from 'immer'
    export default () => { const base = { a: [1, { b: 2 }], c: {} }; const next = produce(base, (d) => { d.a[1].b = 3; d.a.push(4) }); return [next, base, next.c === base.c] }`,
  'javascript-lp-solver@1.0.3': `import solver from 'javascript-lp-solver'
    export default () => solver.Solve({ optimize: 'p', opType: 'max', constraints: { w: { max: 10 }, s: { max: 12 } }, variables: { a: { w: 2, s: 3, p: 5 }, b: { w: 4, s: 1, p: 3 } } })`,
  'js-yaml@5.5.0': `import { dump, load } from 'js-yaml'
    export default () => [load('a: 1\\nb: [x, 2.5]\\nc:\\n  - d: é\\n'), dump({ x: [1, { y: 'z: #' }] })]`,
  'json-logic-js@2.0.5': `import jsonLogic from 'json-logic-js'
    export default () => jsonLogic.apply({ if: [{ '>': [{ var: 'x' }, 1] }, { map: [{ var: 'l' }, { '*': [{ var: '' }, 2] }] }, 'no'] }, { x: 2, l: [1, 2] })`,
  'json-rules-engine@7.3.1': `import { Engine } from 'json-rules-engine'
    export default async () => { const engine = new Engine(); engine.addRule({ conditions: { all: [{ fact: 'age', operator: 'greaterThan', value: 18 }] }, event: { type: 'adult' } }); const { events } = await engine.run({ age: 20 }); return events }`,
  'jsonata@2.2.2': `import jsonata from 'jsonata'
    export default async () => jsonata('$sum(items.(price * qty))').evaluate({ items: [{ price: 2, qty: 3 }, { price: 1.5, qty: 2 }] })`,
  'libphonenumber-js@1.13.16': `import { parsePhoneNumber } from 'libphonenumber-js'
    export default () => { const n = parsePhoneNumber('+12133734253'); return [n.country, n.formatNational(), n.getURI(), n.isValid()] }`,
  'lodash@4.18.1': `import _ from 'lodash'
    export default () => [_.groupBy([6.1, 4.2, 6.3], Math.floor), _.merge({ a: { b: 1 } }, { a: { c: 2 } }), _.template('hi <%= x %>')({ x: 5 }), _.cloneDeep({ d: [1] }), _.words('fred, barney')]`,
  'lunr@2.3.9': `import lunr from 'lunr'
    export default () => lunr(function () { this.ref('id'); this.field('t'); this.add({ id: 1, t: 'green plants grow' }); this.add({ id: 2, t: 'blue sea' }) }).search('plant').map((r) => [r.ref, r.score.toFixed(3)])`,
  'luxon@3.7.2': `import { DateTime, Duration } from 'luxon'
    export default () => [DateTime.fromISO('2024-03-10T12:00', { zone: 'America/New_York' }).plus({ days: 1 }).toISO(), Duration.fromObject({ hours: 25 }).shiftTo('days', 'hours').toObject()]`,
  'markdown-it@15.0.3': `import MarkdownIt from 'markdown-it'
    export default () => new MarkdownIt({ linkify: true }).render('# Hi\\n\\n*a* [b](http://é.example/ü) http://x.yz\\n\\n| a |\\n|---|\\n| 1 |')`,
  'marked@18.2.1': `import { marked } from 'marked'
    export default () => marked.parse('# Hi\\n\\n- a\\n- **b** \`c\`')`,
  'mathjs@15.2.0': `import { all, create } from 'mathjs'
    export default () => { const math = create(all); return [math.evaluate('3 cm to mm').toString(), math.det([[1, 2], [3, 4]]), math.simplify('x + x').toString(), math.format(math.fraction(1, 3))] }`,
  'minisearch@7.2.0': `import MiniSearch from 'minisearch'
    export default () => { const s = new MiniSearch({ fields: ['t'] }); s.addAll([{ id: 1, t: 'moby dick' }, { id: 2, t: 'zen and art' }]); return s.search('zen art').map((r) => [r.id, r.terms]) }`,
  'ml-kmeans@7.0.1': `import { kmeans } from 'ml-kmeans'
    export default () => kmeans([[1, 1], [1, 2], [9, 9], [9, 8]], 2, { seed: 3 }).clusters`,
  'ml-matrix@6.15.1': `import { Matrix, SingularValueDecomposition, inverse } from 'ml-matrix'
    export default () => [inverse(new Matrix([[1, 2], [3, 4]])).to2DArray().flat().map((x) => x.toFixed(9)), new SingularValueDecomposition(new Matrix([[2, 0], [0, 3]])).diagonal]`,
  'moment-timezone@0.6.6': `import moment from 'moment-timezone'
    export default () => [moment.tz('2024-06-01 12:00', 'Asia/Tokyo').tz('Europe/Paris').format(), moment.duration(90, 'minutes').humanize()]`,
  'msgpackr@2.1.4': `import { pack, unpack } from 'msgpackr'
    export default () => unpack(pack({ a: [1, 'é'], b: { c: 2.5 } }))`,
  'mustache@4.2.0': `import Mustache from 'mustache'
    export default () => Mustache.render('{{#l}}<{{n}}>{{/l}}{{^e}}none{{/e}}', { l: [{ n: 1 }, { n: '&' }], e: [] })`,
  'nanoid@5.1.16': `import { customAlphabet, nanoid } from 'nanoid'
    export default () => [nanoid().length, /^[ab]{8}$/.test(customAlphabet('ab', 8)())]`,
  'nunjucks@3.2.4': `import nunjucks from 'nunjucks/browser/nunjucks.js'
    export default () => nunjucks.renderString('{% for x in l %}{{ x | upper }},{% endfor %}', { l: ['a', 'é'] })`,
  'papaparse@5.7.1': `import Papa from 'papaparse'
    export default () => [Papa.parse('a,b\\n1,"x,y"\\n', { header: true, dynamicTyping: true }).data, Papa.unparse([{ a: 1, b: 'x"y' }])]`,
  'protobufjs@8.8.1': `import protobuf from 'protobufjs'
    export default () => { const M = protobuf.parse('syntax = "proto3"; message M { string s = 1; repeated int32 n = 2; }').root.lookupType('M'); const bytes = M.encode({ s: 'é漢', n: [1, 300] }).finish(); return [[...bytes], M.toObject(M.decode(bytes))] }`,
  'ramda@0.32.0': `import { curry, groupBy, path, pipe } from 'ramda'
    export default () => [pipe(groupBy((x) => x % 2), Object.values)([1, 2, 3]), path(['a', 0])({ a: [5] }), curry((a, b) => a + b)(1)(2)]`,
  'rbush@4.0.1': `import RBush from 'rbush'
    export default () => { const t = new RBush(); t.load([{ minX: 0, minY: 0, maxX: 1, maxY: 1, id: 1 }, { minX: 5, minY: 5, maxX: 6, maxY: 6, id: 2 }]); return t.search({ minX: 4, minY: 4, maxX: 7, maxY: 7 }) }`,
  'rrule@2.8.1': `import { RRule } from 'rrule'
    export default () => new RRule({ freq: RRule.MONTHLY, count: 4, bymonthday: 31, dtstart: new Date(Date.UTC(2024, 0, 1)) }).all()`,
  'seedrandom@3.0.5': `import seedrandom from 'seedrandom/seedrandom.js'
    export default () => { const next = seedrandom('x'); return [next(), next.int32()] }`,
  'semver@7.8.6': `import semver from 'semver'
    export default () => [semver.satisfies('1.2.3', '^1.1 || >=3'), semver.inc('1.2.3-rc.1', 'prerelease'), semver.sort(['2.0.0', '1.0.0-a'])]`,
  'simple-statistics@7.12.1': `import { linearRegression, median, standardDeviation } from 'simple-statistics'
    export default () => [median([3, 1, 2]), standardDeviation([1, 2, 3]).toFixed(9), linearRegression([[0, 0], [1, 2]])]`,
  'slugify@1.6.9': `import slugify from 'slugify'
    export default () => slugify('Größe & Ünïcode ♥', { lower: true })`,
  'supercluster@9.1.0': `import Supercluster from 'supercluster'
    export default () => { const s = new Supercluster({ radius: 40 }); s.load([[0, 0], [0.01, 0.01], [50, 50]].map((coordinates) => ({ type: 'Feature', properties: {}, geometry: { type: 'Point', coordinates } }))); return s.getClusters([-180, -85, 180, 85], 2).map((c) => c.properties.point_count ?? 1) }`,
  'tinycolor2@1.6.0': `import tinycolor from 'tinycolor2'
    export default () => [tinycolor('red').lighten(10).toHexString(), tinycolor('#abc').toHsl()]`,
  'uuid@14.0.3': `import { parse, v4, v5, validate } from 'uuid'
    export default () => [validate(v4()), v5('x', '6ba7b810-9dad-11d1-80b4-00c04fd430c8'), [...parse('6ba7b810-9dad-11d1-80b4-00c04fd430c8')]]`,
  'validator@13.15.35': `import validator from 'validator'
    export default () => [validator.isEmail('a@b.co'), validator.isURL('http://x.yz/p?q'), validator.isIBAN('DE89370400440532013000'), validator.escape('<a>')]`,
  'yup@1.7.1': `import { number, object, string } from 'yup'
    export default async () => { const schema = object({ n: number().min(2).required(), s: string().email() }); return [await schema.validate({ n: '3' }), await schema.validate({ n: 1, s: 'x' }, { abortEarly: false }).catch((e) => e.errors)] }`,
  'zod@4.6.7': `import { z } from 'zod'
    export default () => { const schema = z.object({ n: z.coerce.number().min(2), s: z.email().optional(), u: z.url() }); const bad = schema.safeParse({ n: 1, s: 'x', u: 'nope' }); return [schema.parse({ n: '3', u: 'http://h/p' }), bad.error.issues.map((i) => [i.path, i.code, i.message])] }`,
}
