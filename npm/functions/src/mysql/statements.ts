/**
 * The tables of a log, and what is asked of them, as prepared statements.
 *
 * Names of tables are checked, and quoted; everything else goes beside the text, as parameters. A number
 * among them may arrive as one with a fraction, which is why they are cast.
 *
 * @module
 */

/** Of the tables below. */
export const LAYOUT = 1

export interface Statements {
  /** Makes the tables, those that are not there. */
  readonly create: readonly string[]
  readonly layout: string
  readonly head: string
  readonly read: string
  readonly advance: string
  readonly idAt: string
  readonly history: { readonly oldest: string; readonly newest: string }
  readonly historyOfName: { readonly oldest: string; readonly newest: string }
  /** Of so many versions: a name and a number for each. */
  records(count: number): string
  /** Of so many rows. */
  insert(table: 'changes' | 'names' | 'entries' | 'versions', count: number): string
}

/** Columns, and whether a row replaces the one of its key. */
const rows = {
  changes: { columns: 'revision, id, body', count: 3, replaces: [] },
  names: { columns: 'name, revision', count: 2, replaces: [] },
  entries: { columns: 'name, revision, body', count: 3, replaces: ['revision', 'body'] },
  versions: { columns: 'name, version, body', count: 3, replaces: ['body'] },
}

/** Names differ in case and accents, and everything is kept as it is. */
const KIND = 'ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin'

export function statements(prefix: string): Statements {
  const table = (name: string): string => `\`${prefix}_${name}\``
  const head = table('head')
  const changes = table('changes')
  const names = table('names')
  const entries = table('entries')
  const versions = table('versions')
  return {
    create: [
      `CREATE TABLE IF NOT EXISTS ${changes} (
        revision BIGINT NOT NULL PRIMARY KEY,
        id VARCHAR(255) NOT NULL,
        body LONGTEXT NOT NULL) ${KIND}`,
      // Which changes a name is in.
      `CREATE TABLE IF NOT EXISTS ${names} (
        name VARCHAR(256) NOT NULL,
        revision BIGINT NOT NULL,
        PRIMARY KEY (name, revision)) ${KIND}`,
      // What is in force.
      `CREATE TABLE IF NOT EXISTS ${entries} (
        name VARCHAR(256) NOT NULL PRIMARY KEY,
        revision BIGINT NOT NULL,
        body LONGTEXT NOT NULL,
        KEY (revision)) ${KIND}`,
      `CREATE TABLE IF NOT EXISTS ${versions} (
        name VARCHAR(256) NOT NULL,
        version INT NOT NULL,
        body LONGTEXT NOT NULL,
        PRIMARY KEY (name, version)) ${KIND}`,
      // One row: whoever changes it has the log until his transaction ends.
      `CREATE TABLE IF NOT EXISTS ${head} (
        one TINYINT NOT NULL PRIMARY KEY,
        layout INT NOT NULL,
        revision BIGINT NOT NULL,
        id VARCHAR(255) NOT NULL) ${KIND}`,
      `INSERT IGNORE INTO ${head} (one, layout, revision, id)
        SELECT 1, ${LAYOUT}, COALESCE(MAX(revision), 0),
          COALESCE((SELECT id FROM ${changes} ORDER BY revision DESC LIMIT 1), '')
        FROM ${changes}`,
    ],
    layout: `SELECT layout FROM ${head}`,
    head: `SELECT revision, id FROM ${head}`,
    // A revision and its id, and the revision again.
    read: `
      SELECT h.revision AS head, h.id, h.since, e.body
      FROM (
        SELECT revision, id, IF(EXISTS (
          SELECT 1 FROM ${changes} WHERE revision = CAST(? AS SIGNED) AND id = ?
        ), CAST(? AS SIGNED), 0) AS since FROM ${head}
      ) h LEFT JOIN ${entries} e ON e.revision > h.since`,
    // The next revision and id; the expected ones.
    advance: `
      UPDATE ${head} SET revision = CAST(? AS SIGNED), id = ?
      WHERE revision = CAST(? AS SIGNED) AND id = ?`,
    idAt: `SELECT id FROM ${changes} WHERE revision = CAST(? AS SIGNED)`,
    // After, up to, at most.
    history: both(
      (order) => `
      SELECT body FROM ${changes}
      WHERE revision > CAST(? AS SIGNED) AND revision <= CAST(? AS SIGNED)
      ORDER BY revision ${order} LIMIT ?`,
    ),
    // The name, and as above.
    historyOfName: both(
      (order) => `
      SELECT c.body FROM ${names} n JOIN ${changes} c ON c.revision = n.revision
      WHERE n.name = ? AND n.revision > CAST(? AS SIGNED) AND n.revision <= CAST(? AS SIGNED)
      ORDER BY n.revision ${order} LIMIT ?`,
    ),
    records: (count) =>
      `SELECT name, version, body FROM ${versions} WHERE (name, version) IN (${list('(?, CAST(? AS SIGNED))', count)})`,
    insert(name, count) {
      const { columns, count: width, replaces } = rows[name]
      const update = replaces.map((column) => `${column} = VALUES(${column})`).join(', ')
      return (
        `INSERT INTO ${table(name)} (${columns}) VALUES ${list(`(${list('?', width)})`, count)}` +
        (update === '' ? '' : ` ON DUPLICATE KEY UPDATE ${update}`)
      )
    },
  }
}

function list(each: string, count: number): string {
  return Array.from({ length: count }, () => each).join(', ')
}

function both(make: (order: 'ASC' | 'DESC') => string): { oldest: string; newest: string } {
  return { oldest: make('ASC'), newest: make('DESC') }
}
