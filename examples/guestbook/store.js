import pg from 'pg'
import { log } from './log.js'

/** The platform gives `DATABASE_URL` for the relationship `database`. */
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL ?? 'postgresql://localhost/guestbook', max: 5 })
// connections that nobody uses end with the server: the next query makes a new one
pool.on('error', error => log('warning', `the database went away: ${error.message}`))

/** Safe to repeat: each deployment does. */
export async function prepare() {
  await pool.query(`
    CREATE TABLE IF NOT EXISTS entries (
      id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      at timestamptz NOT NULL DEFAULT now(),
      author text NOT NULL,
      message text NOT NULL,
      moderated boolean NOT NULL DEFAULT false,
      hidden boolean NOT NULL DEFAULT false
    )`)
}

export async function addEntry({ author, message }) {
  const { rows } = await pool.query('INSERT INTO entries (author, message) VALUES ($1, $2) RETURNING id, at, author, message', [
    author,
    message,
  ])
  return rows[0]
}

/** Oldest first. */
export async function readEntries() {
  const { rows } = await pool.query('SELECT id, at, author, message, hidden FROM entries ORDER BY at, id')
  return rows
}

/** Entries that the moderator has not looked at. */
export async function newEntries() {
  const { rows } = await pool.query('SELECT id, author, message FROM entries WHERE NOT moderated ORDER BY at')
  return rows
}

export async function moderateEntry({ id, hidden }) {
  await pool.query('UPDATE entries SET moderated = true, hidden = $2 WHERE id = $1', [id, hidden])
}

export async function count() {
  const { rows } = await pool.query(`
    SELECT count(*)::int AS entries, count(DISTINCT author)::int AS authors, count(*) FILTER (WHERE hidden)::int AS hidden
    FROM entries`)
  return rows[0]
}

/** Changes whenever an entry is added or moderated. */
export async function version() {
  const { entries, hidden } = await count()
  return `${entries} ${hidden}`
}

/** Once nothing is asked any more. */
export function close() {
  return pool.end()
}
