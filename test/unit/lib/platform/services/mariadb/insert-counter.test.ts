import { expect, test } from 'vitest'
import { createInsertCounter } from '../../../../../../src/lib/platform/services/mariadb/insert-counter.ts'

/** As mariadb-dump 10.11 writes it. */
const ONE = String.raw`/*M!999999\- enable the sandbox mode */
-- Dumping data for table ${'`'}empty${'`'}
--

LOCK TABLES ${'`'}empty${'`'} WRITE;
UNLOCK TABLES;

-- Dumping data for table ${'`'}odd ${'``'}name; (y)${'`'}
--

LOCK TABLES ${'`'}odd ${'``'}name; (y)${'`'} WRITE;
INSERT INTO ${'`'}odd ${'``'}name; (y)${'`'} VALUES
(1),
(2);
INSERT INTO ${'`'}odd ${'``'}name; (y)${'`'} VALUES
(3);
UNLOCK TABLES;

-- Dumping data for table ${'`'}t${'`'}
--

LOCK TABLES ${'`'}t${'`'} WRITE;
INSERT INTO ${'`'}t${'`'} VALUES
(1,'a\nINSERT INTO ${'`'}t${'`'} VALUES\n(2);',0x00FF0A,''),
(2,'tab	q\'uote\\',NULL,'),('),
(3,'UNLOCK TABLES;',NULL,');');
UNLOCK TABLES;

DELIMITER ;;
CREATE PROCEDURE ${'`'}p${'`'}()
begin select '
INSERT INTO ${'`'}x${'`'} VALUES
(1);'; end
;;
DELIMITER ;
`

const SEVERAL = `USE \`main\`;
-- Dumping data for table \`t\`
INSERT INTO \`t\` VALUES
(1);
UNLOCK TABLES;
USE \`le_gacy\`;
-- Dumping data for table \`t\`
INSERT INTO \`t\` VALUES
(1),
(2);
UNLOCK TABLES;
`

const ROWS = { empty: 0, 'odd `name; (y)': 3, t: 3 }

function count(text: string, size = text.length): Readonly<Record<string, number>> | undefined {
  const bytes = Buffer.from(text)
  const counter = createInsertCounter()
  for (let start = 0; start < bytes.length; start += size) counter.write(bytes.subarray(start, start + size))
  return counter.result()
}

test('counts the rows of each table, whatever is in them and in procedures', () => {
  expect(count(ONE)).toEqual(ROWS)
})

test('counts the same wherever the stream is cut into chunks', () => {
  for (const size of [1, 2, 5, 64, 101]) expect(count(ONE, size)).toEqual(ROWS)
})

test('names the database where there are several', () => {
  expect(count(SEVERAL)).toEqual({ 'le_gacy.t': 2, 'main.t': 1 })
})

test('counts nothing of a table whose rows stand in one line, as other versions write them', () => {
  const old = '-- Dumping data for table `t`\nINSERT INTO `t` VALUES (1),(2);\nUNLOCK TABLES;\n'
  expect(count(old)).toEqual({})
})

test('counts rows that are longer than what is kept of a line, and so does not see their end', () => {
  const long = '; '.repeat(64 * 1024)
  const text = `-- Dumping data for table \`t\`\nINSERT INTO \`t\` VALUES\n(1,'${long}'),\n(2,'${long}');\nUNLOCK TABLES;\n`
  for (const size of [text.length, 1000, 4096]) expect(count(text, size)).toEqual({ t: 2 })
})

test.each([
  ['10.19  Distrib 10.11.19-MariaDB, for debian-linux-gnu (x86_64)', { t: 3 }],
  ['10.19-11.4.2-MariaDB, for Linux (x86_64)', { t: 3 }],
  ['10.19  Distrib 10.5.23-MariaDB, for Linux (x86_64)', {}],
])('counts rows behind the names of columns in a dump by %s', (program, rows) => {
  const insert = 'INSERT INTO `t` (`a`, `b`) VALUES'
  const text = `-- MariaDB dump ${program}\n-- Dumping data for table \`t\`\n${insert} (1,2),\n(3,4);\n${insert} (5,6);\nUNLOCK TABLES;\n`
  expect(count(text)).toEqual(rows)
})
