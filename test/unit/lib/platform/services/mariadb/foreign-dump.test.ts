import { expect, test } from 'vitest'
import { createForeignMysqlDump } from '../../../../../../src/lib/platform/services/mariadb/foreign-dump.ts'
import { translateDump } from '../../../../../helpers/services/translate-dump.ts'

const ROWS = String.raw`(1,'CREATE DATABASE x; USE ${'`'}y${'`'}; utf8mb4_0900_ai_ci \n DEFINER=${'`'}a${'`'}@${'`'}b${'`'}'),
(2,'Größe utf8mb4_0900_ai_ci');`

test('leaves rows alone, wherever the stream is cut', async () => {
  const dump = `INSERT INTO \`t\` VALUES\n${ROWS}\nCREATE DEFINER=\`x\`@\`%\` VIEW \`größe\` AS SELECT 1;\nINSERT INTO \`u\` VALUES ${ROWS.replaceAll('\n', '')}\n`
  const expected = dump.replace('`x`@', '`main`@')
  for (const size of [1, 2, 7, 64, 1000])
    expect((await translateDump(createForeignMysqlDump(), dump, size)).translated, `chunks of ${size}`).toBe(expected)
})

test.each([
  ['/*!50013 DEFINER=`x`@`10.%` SQL SECURITY DEFINER */', '/*!50013 DEFINER=`main`@`%` SQL SECURITY DEFINER */'],
  [
    '/*!50003 CREATE*/ /*!50017 DEFINER=`x`@`%`*/ /*!50003 TRIGGER t',
    '/*!50003 CREATE*/ /*!50017 DEFINER=`main`@`%`*/ /*!50003 TRIGGER t',
  ],
  ['CREATE ALGORITHM=UNDEFINED DEFINER=`x``y`@`%` VIEW', 'CREATE ALGORITHM=UNDEFINED DEFINER=`main`@`%` VIEW'],
  ['  `a` char(1) COLLATE utf8mb4_0900_bin,', '  `a` char(1) COLLATE utf8mb4_nopad_bin,'],
  [') COLLATE=utf8mb4_de_pb_0900_as_cs;', ') COLLATE=utf8mb4_uca1400_german2_nopad_as_cs;'],
  [') COLLATE=utf8mb4_ja_0900_as_cs_ks;', ') COLLATE=utf8mb4_uca1400_nopad_as_cs;'],
  [') COLLATE=utf8mb4_general_ci;', ') COLLATE=utf8mb4_general_ci;'],
])('makes of %s what MariaDB takes', async (line, expected) => {
  expect((await translateDump(createForeignMysqlDump(), line)).translated).toBe(expected)
})

test('puts the only database into the default one, and leaves several as they are', async () => {
  const one = '/*!40000 DROP DATABASE IF EXISTS `a`*/;\nCREATE DATABASE `a`;\nUSE `a`;\nDROP TABLE t;\nUSE `a`;\n'
  expect(await translateDump(createForeignMysqlDump(), one)).toEqual({
    notes: ['the database a goes into the default one'],
    translated: 'DROP TABLE t;\n',
  })
  const several = `${one}USE \`b\`;\n`
  expect(await translateDump(createForeignMysqlDump(), several)).toEqual({ notes: [], translated: several })
})

test('leaves out what the server has replicated, over several lines', async () => {
  const dump = "SET @@GLOBAL.GTID_PURGED=/*!80000 '+'*/ 'a:1-5,\nb:1-2';\nSELECT 1;\n"
  expect((await translateDump(createForeignMysqlDump(), dump)).translated).toBe('SELECT 1;\n')
})
