/** `isolane check`: formats, exit codes, wrong use. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { rules } from 'isolane/check'

import { bad, doubtful, folderWith, good } from './support.mjs'

const folder = folderWith({
  'good.js': good,
  'bad.js': bad,
  'doubtful.js': doubtful,
  'doubtful.cjs': doubtful,
  'compiled.js': `${bad}//# sourceMappingURL=data:application/json,{"version":3,"sources":["price.ts"],"mappings":"AAEE"}`,
  'many/one.js': bad,
  'many/two.js': bad,
  'rules.json': '\ufeff{ "extends": "none", "rules": { "no-undef": "warn" } }',
  'rules.mjs': "export default { extends: 'none', rules: { 'no-debugger': 'error' } }",
  'typo.mjs': "export default { rules: { 'no-undfe': 'error' } }",
  'throws.mjs': "throw new Error('no rules today')",
  'nothing.mjs': 'export const rules = {}',
  'broken.json': '{ "rules": ',
  'own.mjs': `export default { extends: 'none', custom: { mine: {
    create: (context) => ({ Program: (node) => context.report({ node, message: 'mine' }) }) } } }`,
  'throwing.mjs': `export default { custom: { mine: { create() { throw new Error('no') } } } }`,
  'leaving.mjs': 'process.exit(0)',
  'leaving-with.mjs': 'process.exit(3)',
  'pending.mjs': 'await new Promise(() => {}); export default {}',
  'loud.mjs': `export default { extends: 'none', custom: { mine: { create: (context) => ({
    Program: (node) => context.report({ node, message: 'a\u001b[2Jb', help: 'c\u001b[2Jd' }) }) } } }`,
  'folder/notes.txt': 'no source',
  'odd, name:%\u001b[2J.js': bad,
})
const run = (...words) => folder.run(['check', ...words])
const json = async (...words) => JSON.parse((await run(...words, '--format', 'json')).stdout)

/** Of files, with what a terminal would obey. */
const noSuchNames = { skip: process.platform === 'win32' ? 'Windows has no such names' : false }

test('a finding in a compiled file says where its author wrote it', async () => {
  const { stdout } = await run('compiled.js')
  assert.match(stdout, /^compiled\.js:1:\d+ \(price\.ts:3:3\) error no-undef/)
  const { files } = await json('compiled.js')
  assert.deepEqual(files[0].diagnostics[0].original, { file: 'price.ts', line: 3, column: 3 })
})

describe('the exit code', () => {
  for (const [words, code] of [
    [['good.js'], 0],
    [['doubtful.js'], 0],
    [['doubtful.js', '--max-warnings', '1'], 0],
    [['doubtful.js', '--max-warnings', '0'], 1],
    [['doubtful.js', '--max-warnings', '0', '--quiet'], 1],
    [['bad.js'], 1],
    [['good.js', 'bad.js'], 1],
    [['bad.js', '--rule', 'no-undef=off'], 0],
    [['bad.js', '--config', 'rules.json'], 0],
    [['doubtful.js', '--config', 'rules.mjs'], 1],
    [['good.js', '--config', 'own.mjs'], 1],
    [['bad.js', '--preset', 'none'], 0],
  ]) {
    test(`of ${words.join(' ')} is ${code}`, async () => {
      const { code: given, stderr } = await run(...words)
      assert.equal(given, code, stderr)
    })
  }
})

test('how many warnings are more than was allowed is told in words', async () => {
  const { stderr } = await run('doubtful.js', '--max-warnings', '0')
  assert.match(stderr, /^isolane: 1 warning is more than --max-warnings 0$/m)
  const { stderr: two } = await run('doubtful.js', 'doubtful.cjs', '--max-warnings', '1')
  assert.match(two, /^isolane: 2 warnings are more than --max-warnings 1$/m)
})

describe('wrong use', () => {
  for (const [words, message, hint] of [
    [[], 'There is no file', 'isolane check FILE...'],
    [['nowhere.js'], "There is no file or folder 'nowhere.js' in ", 'quoted'],
    [['**/*.py'], "There is no file that matches '**/*.py' in ", 'quoted'],
    [[''], 'FILE is empty', ''],
    [
      ['bad.js', '--format', 'prety'],
      "--format must be one of pretty, json, github, sarif; got 'prety'",
      'Did you mean pretty?',
    ],
    [['bad.js', '--max-warnings', '-1'], "Option '--max-warnings' argument is ambiguous", ''],
    [
      ['bad.js', '--max-warnings', 'few'],
      "--max-warnings must be an integer from 0 to 1000000; got 'few'",
      '',
    ],
    [['bad.js', '--frmat', 'json'], "There is no option '--frmat'", 'Did you mean --format?'],
    [
      ['bad.js', '--rule', 'no-undef'],
      "--rule must be NAME=SEVERITY; got 'no-undef'",
      '--rule no-labels=off',
    ],
    [
      ['bad.js', '--rule', 'no-undef=wran'],
      "--rule no-undef must be one of off, warn, error; got 'wran'",
      'Did you mean warn?',
    ],
    [
      ['bad.js', '--rule', 'no-undfe=warn'],
      "There is no rule 'no-undfe'; did you mean 'no-undef'?",
      '--rules lists',
    ],
    [
      ['bad.js', '--preset', 'strict', '--config', 'rules.json'],
      '--config and --preset both say',
      '',
    ],
    [
      ['bad.js', '--explain', '--format', 'sarif'],
      '--format sarif has no place',
      'pretty and json',
    ],
    [
      ['bad.js', '--config', 'nowhere.mjs'],
      'Cannot read nowhere.mjs (--config): there is no such file',
      '',
    ],
    [
      ['bad.js', '--config', 'pending.mjs'],
      'Cannot load pending.mjs (--config): it never finished loading',
      'An await at its top',
    ],
    [
      ['bad.js', '--config', 'rules.json', '--config', 'rules.mjs'],
      "--config can be given once; got 'rules.json' and 'rules.mjs'",
      'extends',
    ],
    [['folder/'], "The folder 'folder/' in ", 'extensions'],
    [['bad.js', 'folder'], "The folder 'folder' in ", 'extensions'],
    [
      ['bad.js', '--ignore', '*.js', '--ignore', 'many'],
      "--ignore leaves no file to judge: '*.js', 'many'",
      'Patterns of --ignore begin',
    ],
    [['bad.js', '--config', 'broken.json'], 'broken.json (--config) is not JSON', ''],
    [
      ['bad.js', '--config', 'throws.mjs'],
      'Cannot load throws.mjs (--config): Error: no rules today',
      '--verbose',
    ],
    [
      ['bad.js', '--config', 'nothing.mjs'],
      'nothing.mjs (--config) exports no rules',
      'export default',
    ],
    [['bad.js', '--config', 'typo.mjs'], "typo.mjs: There is no rule 'no-undfe'", ''],
    [['bad.js', '--config', 'throwing.mjs'], "The rule 'mine' threw at bad.js: Error: no", ''],
  ]) {
    test(`isolane check ${words.join(' ')}`, async () => {
      const { code, stdout, stderr } = await run(...words)
      assert.deepEqual([code, stdout], [2, ''], stderr)
      const [line, second] = stderr.split('\n')
      assert.ok(line.startsWith(`isolane: ${message}`), line)
      if (hint !== '') assert.ok(second.startsWith('  hint: ') && second.includes(hint), second)
    })
  }

  test('a config that ends the process does not end it well', async () => {
    const { code, stdout, stderr } = await run('bad.js', '--config', 'leaving.mjs')
    assert.deepEqual([code, stdout], [7, ''], stderr)
    assert.match(
      stderr,
      /^isolane: A module has ended the process\n {2}hint: process\.exit\(\) .*\n$/,
    )
    const other = await run('bad.js', '--config', 'leaving-with.mjs')
    assert.deepEqual([other.code, other.stdout, other.stderr], [3, '', ''])
  })

  test('help fits a screen', async () => {
    const { code, stdout } = await run('--help')
    assert.equal(code, 0)
    const lines = stdout.trimEnd().split('\n')
    assert.ok(lines.length < 24, `${lines.length} lines`)
    assert.ok(lines.every(({ length }) => length <= 80))
  })
})

describe('for people', () => {
  test('a finding has its place, rule, message, frame and help', async () => {
    const { stdout, stderr } = await run('bad.js')
    assert.equal(stderr, '')
    assert.match(stdout, /^bad\.js:1:41 error no-undef\n {2}\S.*limit.*\n/)
    assert.match(stdout, /item\.price < limit/)
    assert.match(stdout, /\n {2}help: .*\n/)
    assert.match(stdout, /\n\n1 error, 0 warnings in 1 file\n$/)
  })

  test('nothing found says so', async () => {
    assert.equal((await run('good.js')).stdout, 'No findings in 1 file\n')
  })

  test('quiet leaves warnings out', async () => {
    const { stdout } = await run('doubtful.js', '-q')
    assert.equal(stdout, '0 errors, 1 warning in 1 file\n')
  })

  test('there are colours on a terminal, and where they are forced, unless NO_COLOR', async () => {
    const colours = async (env) => {
      const { stdout } = await folder.run(['check', 'bad.js'], { env })
      return stdout.includes('\u001b[')
    }
    const hasStyles = typeof (await import('node:util')).styleText === 'function'
    assert.equal(await colours({ FORCE_COLOR: '1' }), hasStyles)
    assert.equal(await colours({ FORCE_COLOR: '1', NO_COLOR: '1' }), false)
    assert.equal(await colours({ FORCE_COLOR: '0' }), false)
    assert.equal(await colours({}), false)
  })

  test('what a terminal would obey is shown', noSuchNames, async () => {
    const { stdout } = await run('odd*.js')
    assert.ok(!stdout.includes('\u001b'))
    assert.ok(stdout.includes('\\u001b[2J.js:1:41'))
  })

  test('explain says by which line shared values stay frozen', async () => {
    const own = folderWith({
      'reads.js': '(item, index, { shared }) => shared.tags.includes(item.tag)\n',
      'writes.js': '(item) => {\n  item.seen = true\n}\n',
    })
    const { stdout } = await own.run(['check', '.', '--explain', '--preset', 'none'])
    assert.match(stdout, /^reads\.js reads shared values unfrozen/)
    assert.match(stdout, /writes\.js gets shared values frozen/)
    assert.match(stdout, /writes\.js:2:3 .*item/)
  })
})

describe('json', () => {
  test('has all findings and their sums', async () => {
    const { errors, warnings, unread, files } = await json('bad.js', 'doubtful.js', 'good.js')
    assert.deepEqual([errors, warnings, unread], [1, 1, 0])
    assert.deepEqual(
      files.map(({ path }) => path),
      ['bad.js', 'doubtful.js', 'good.js'],
    )
    const [{ rule, line, column, filename }] = files[0].diagnostics
    assert.deepEqual([rule, line, column, filename], ['no-undef', 1, 41, 'bad.js'])
  })

  test('has what is explained', async () => {
    const { files } = await json('good.js', '--explain')
    assert.equal(typeof files[0].readOnly.proven, 'boolean')
  })

  test('has no colours', async () => {
    const { stdout } = await folder.run(['check', 'bad.js', '--format', 'json'], {
      env: { FORCE_COLOR: '1' },
    })
    assert.ok(!stdout.includes('\\u001b'))
  })
})

describe('github', () => {
  test('has a command for each finding', async () => {
    const { stdout, code } = await run('bad.js', 'doubtful.js', '--format', 'github')
    assert.equal(code, 1)
    const [one, two, ...rest] = stdout.split('\n')
    assert.match(
      one,
      /^::error file=bad\.js,line=1,endLine=1,col=41,endColumn=46,title=isolane no-undef::.*limit.*%0A/,
    )
    assert.match(two, /^::warning file=doubtful\.js,line=2,.*title=isolane no-debugger::/)
    assert.deepEqual(rest, [''])
  })

  test('shows what a terminal would obey in messages', async () => {
    const { stdout } = await run('good.js', '--config', 'loud.mjs', '--format', 'github')
    assert.match(stdout, /::a\\u001b\[2Jb%0Ac\\u001b\[2Jd\n$/)
  })

  test('escapes what would end a name', noSuchNames, async () => {
    const { stdout } = await run('odd*.js', '--format', 'github')
    assert.ok(stdout.startsWith('::error file=odd%2C name%3A%25\u001b[2J.js,line=1,'), stdout)
  })
})

describe('sarif', () => {
  test('is a run of 2.1.0 with rules, places and levels', async () => {
    const { stdout } = await run('bad.js', 'doubtful.js', 'good.js', '--format', 'sarif')
    const { version, runs } = JSON.parse(stdout)
    assert.equal(version, '2.1.0')
    const [{ tool, results, columnKind, invocations }] = runs
    assert.equal(tool.driver.name, 'isolane')
    assert.equal(columnKind, 'utf16CodeUnits')
    assert.equal(invocations[0].executionSuccessful, true)
    assert.deepEqual(
      results.map(({ ruleId, level, ruleIndex }) => [
        tool.driver.rules[ruleIndex].id,
        ruleId,
        level,
      ]),
      [
        ['no-undef', 'no-undef', 'error'],
        ['no-debugger', 'no-debugger', 'warning'],
      ],
    )
    const { artifactLocation, region } = results[0].locations[0].physicalLocation
    assert.equal(artifactLocation.uri, 'bad.js')
    assert.deepEqual(region, {
      startLine: 1,
      startColumn: 41,
      endLine: 1,
      endColumn: 46,
      charOffset: 40,
      charLength: 5,
    })
    for (const { id, shortDescription, helpUri } of tool.driver.rules) {
      assert.ok(shortDescription.text.length > 10)
      assert.ok(helpUri.endsWith(`/docs/rules/${id}.md`))
    }
  })
})

describe(
  'standard output that is full',
  { skip: process.platform !== 'linux' && 'only Linux has one' },
  () => {
    const through = ['sh', '-c', 'exec "$@" >/dev/full', 'sh']
    for (const words of [
      ['check', 'good.js'],
      ['check', 'bad.js'],
      ['check', 'bad.js', '--format', 'json'],
      ['check', 'bad.js', '--format', 'github'],
      ['check', 'bad.js', '--format', 'sarif'],
      ['check', '--rules'],
      ['check', '--help'],
      ['--version'],
    ]) {
      test(`isolane ${words.join(' ')} says so`, async () => {
        const { code, stderr } = await folder.run(words, { through })
        assert.equal(code, 5)
        assert.match(
          stderr,
          /^isolane: Cannot write standard output: the disk is full \(ENOSPC\)\n/,
        )
      })
    }
  },
)

test('a severity on the command line leaves a rule the options of the file', async () => {
  const own = folderWith({
    'rules.json': '{ "extends": "none", "rules": { "complexity": ["error", 1] } }',
    'two.js': '(item) => (item ? 1 : 2)\n',
  })
  const { code, stdout } = await own.run([
    'check',
    'two.js',
    '--config',
    'rules.json',
    '--rule',
    'complexity=warn',
  ])
  assert.equal(code, 0)
  assert.match(stdout, /warning complexity/)
})

test('--rules lists all rules', async () => {
  const { code, stdout } = await run('--rules')
  assert.equal(code, 0)
  for (const { name, summary } of rules()) {
    assert.ok(stdout.includes(name) && stdout.includes(summary), name)
  }
  assert.deepEqual(JSON.parse((await run('--rules', '--format', 'json')).stdout), rules())
})

test(
  'a file that cannot be read is told, and the others are judged',
  { skip: process.getuid?.() === 0 || process.platform === 'win32' ? 'root may read all' : false },
  async () => {
    const own = folderWith({ 'bad.js': bad, 'locked.js': good })
    const { chmodSync } = await import('node:fs')
    chmodSync(own.at('locked.js'), 0)
    const { code, stdout } = await own.run(['check', '*.js'])
    assert.equal(code, 2)
    assert.match(stdout, /locked\.js error .*EACCES/)
    assert.match(stdout, /no-undef/)
    assert.match(stdout, /1 file that cannot be read/)
  },
)
