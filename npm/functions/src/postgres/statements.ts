/**
 * The tables of a log, and what is asked of them. Each statement is a transaction of its own.
 *
 * Names of tables are checked, and quoted; everything else goes beside the text, as parameters.
 *
 * @module
 */

/** Of the tables below. */
export const LAYOUT = 1

export interface Statements {
  /** Makes the tables, those that are not there. In one transaction, under a lock. */
  readonly create: readonly string[]
  readonly layout: string
  readonly head: string
  readonly read: string
  readonly records: string
  readonly commit: string
  readonly idAt: string
  readonly history: { readonly oldest: string; readonly newest: string }
  readonly historyOfName: { readonly oldest: string; readonly newest: string }
}

/** @param schema where they are; by default where the connection looks first */
export function statements(schema: string | undefined, prefix: string): Statements {
  const table = (name: string): string =>
    `${schema === undefined ? '' : `"${schema}".`}"${prefix}_${name}"`
  const head = table('head')
  const changes = table('changes')
  const names = table('names')
  const entries = table('entries')
  const versions = table('versions')
  return {
    create: [
      `CREATE TABLE IF NOT EXISTS ${changes} (
        revision bigint PRIMARY KEY,
        id text NOT NULL,
        body text NOT NULL)`,
      // Which changes a name is in.
      `CREATE TABLE IF NOT EXISTS ${names} (
        name text COLLATE "C",
        revision bigint,
        PRIMARY KEY (name, revision))`,
      // What is in force.
      `CREATE TABLE IF NOT EXISTS ${entries} (
        name text COLLATE "C" PRIMARY KEY,
        revision bigint NOT NULL,
        body text NOT NULL)`,
      `CREATE INDEX IF NOT EXISTS "${prefix}_entries_revision" ON ${entries} (revision)`,
      `CREATE TABLE IF NOT EXISTS ${versions} (
        name text COLLATE "C",
        version integer,
        body text NOT NULL,
        PRIMARY KEY (name, version))`,
      // One row: whoever changes it has the log until his transaction ends.
      `CREATE TABLE IF NOT EXISTS ${head} (
        one boolean PRIMARY KEY DEFAULT true CHECK (one),
        layout integer NOT NULL,
        revision bigint NOT NULL,
        id text NOT NULL)`,
      `INSERT INTO ${head} (layout, revision, id)
        SELECT ${LAYOUT}, coalesce(max(revision), 0),
          coalesce((SELECT id FROM ${changes} ORDER BY revision DESC LIMIT 1), '')
        FROM ${changes} ON CONFLICT DO NOTHING`,
    ],
    layout: `SELECT layout FROM ${head}`,
    head: `SELECT revision, id FROM ${head}`,
    // $1 a revision, $2 its id
    read: `
      SELECT h.revision AS head, h.id, h.since, e.body
      FROM (
        SELECT revision, id, CASE WHEN EXISTS (
          SELECT FROM ${changes} WHERE revision = $1::bigint AND id = $2
        ) THEN $1::bigint ELSE 0 END AS since FROM ${head}
      ) h LEFT JOIN ${entries} e ON e.revision > h.since`,
    // $1 names, $2 their versions
    records: `
      SELECT v.name, v.version, v.body
      FROM unnest($1::text[], $2::integer[]) AS r (name, version)
      JOIN ${versions} v ON v.name = r.name AND v.version = r.version`,
    // $1 expected revision, $2 its id, $3 id, $4 change, $5 names, $6 entries, $7 names, $8 versions,
    // $9 records, $10 channel
    commit: `
      WITH head AS (
        UPDATE ${head} SET revision = revision + 1, id = $3
        WHERE revision = $1::bigint AND id = $2 RETURNING revision
      ), change AS (
        INSERT INTO ${changes} (revision, id, body) SELECT revision, $3, $4 FROM head
      ), named AS (
        INSERT INTO ${names} (name, revision)
        SELECT n.name, head.revision FROM head, unnest($5::text[]) AS n (name)
      ), entered AS (
        INSERT INTO ${entries} (name, revision, body)
        SELECT n.name, head.revision, n.body FROM head, unnest($5::text[], $6::text[]) AS n (name, body)
        ON CONFLICT (name) DO UPDATE SET revision = excluded.revision, body = excluded.body
      ), made AS (
        INSERT INTO ${versions} (name, version, body)
        SELECT n.name, n.version, n.body
        FROM head, unnest($7::text[], $8::integer[], $9::text[]) AS n (name, version, body)
        ON CONFLICT (name, version) DO UPDATE SET body = excluded.body
      )
      SELECT revision, pg_notify($10, revision || ' ' || $3) FROM head`,
    idAt: `SELECT id FROM ${changes} WHERE revision = $1::bigint`,
    // $1 after, $2 up to, $3 at most
    history: both(
      (order) => `
      SELECT body FROM ${changes} WHERE revision > $1::bigint AND revision <= $2::bigint
      ORDER BY revision ${order} LIMIT $3::bigint`,
    ),
    // $4 the name
    historyOfName: both(
      (order) => `
      SELECT c.body FROM ${names} n JOIN ${changes} c ON c.revision = n.revision
      WHERE n.name = $4 AND n.revision > $1::bigint AND n.revision <= $2::bigint
      ORDER BY n.revision ${order} LIMIT $3::bigint`,
    ),
  }
}

function both(make: (order: 'ASC' | 'DESC') => string): { oldest: string; newest: string } {
  return { oldest: make('ASC'), newest: make('DESC') }
}
