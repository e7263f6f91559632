import { createRandom } from '../test/helpers/random.ts'

const ROWS = 700_000
const ROWS_PER_STATEMENT = 1000
const WORDS =
  'about after again arrived because before better black broken colour delivery evening every exactly family friend green happened however inside instead letter little longer morning never nothing number order other parcel people perfect please quality quick really return second seller should simple something sometimes still thank there together tomorrow under water weather week without wonderful would written year yesterday'.split(
    ' ',
  )

/**
 * SQL for any server: a table of 700,000 comments with names, times, amounts and random tokens, the same each time. What a
 * server dumps of it takes more than 150 MB.
 */
export function* databaseRows(): Generator<string> {
  const random = createRandom(1)
  const word = (): string => random.pick(WORDS)
  const words = (count: number): string => Array.from({ length: count }, word).join(' ')
  const hex = (): string => random.below(0x1_0000_0000).toString(16).padStart(8, '0')
  yield (
    'CREATE TABLE comments (id integer PRIMARY KEY, made char(19) NOT NULL, author varchar(60) NOT NULL,' +
      ' address varchar(90) NOT NULL, body text NOT NULL, amount numeric(10, 2) NOT NULL, token char(32) NOT NULL);\n'
  )
  for (let first = 0; first < ROWS; first += ROWS_PER_STATEMENT) {
    const rows = Array.from({ length: ROWS_PER_STATEMENT }, (_, index) => {
      const made = new Date(Date.UTC(2024, 0, 1) + random.below(6e10)).toISOString().slice(0, 19)
      const author = words(2)
      const amount = (random.next() * 10_000).toFixed(2)
      const body = words(8 + random.below(16))
      const address = `${author.replace(' ', '.')}@${word()}.example`
      return `(${first + index},'${made.replace('T', ' ')}','${author}','${address}','${body}',${amount},'${hex()}${hex()}${hex()}${hex()}')`
    })
    yield `INSERT INTO comments VALUES ${rows.join(',')};\n`
  }
}
