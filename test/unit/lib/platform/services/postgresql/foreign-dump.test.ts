import { expect, test } from 'vitest'
import { createForeignPostgresqlDump } from '../../../../../../src/lib/platform/services/postgresql/foreign-dump.ts'
import { translateDump } from '../../../../../helpers/services/translate-dump.ts'

const TABLES = String.raw`-- Name: f(); Type: FUNCTION; Schema: public; Owner: ada
CREATE FUNCTION public.f() RETURNS void LANGUAGE sql
    AS $_$
ALTER TABLE t OWNER TO body;
$_$;
ALTER FUNCTION public.f() OWNER TO ada;
ALTER TABLE public.t OWNER TO "Größe";
COPY public.t (a) FROM stdin;
ALTER TABLE t OWNER TO data;
\connect data
\.
GRANT SELECT ON TABLE public.t TO reports WITH GRANT OPTION;
ALTER DEFAULT PRIVILEGES FOR ROLE ada GRANT ALL ON TABLES TO PUBLIC;
ALTER TABLE public.u OWNER TO postgres;
ALTER TABLE public.u OWNER TO here;
`
const ROLES = ['"Größe"', 'ada', 'reports']
const created = ROLES.map(
  name => `DO $x$ BEGIN CREATE ROLE ${name}; EXCEPTION WHEN duplicate_object THEN NULL; END $x$;\n`,
).join('')

test('makes the roles that the dump names and does not make itself, and changes nothing else, wherever it is cut', async () => {
  const dump = `DO BEGIN CREATE ROLE here; END;\n-- PostgreSQL database dump\n${TABLES}`
  for (const size of [1, 2, 7, 64, 1000])
    expect(await translateDump(createForeignPostgresqlDump(), dump, size), `chunks of ${size}`).toEqual({
      notes: [`its roles are made where they are missing, without a login: ${ROLES.join(', ')}`],
      translated: created + dump,
    })
})

test('puts the database that the dump makes into the default one', async () => {
  const contents = '-- Name: t; Type: TABLE; Schema: public; Owner: -\nCREATE TABLE t ();\n\\connect second\n'
  const dump = `SET a = 1;\n${section('DATABASE', 'CREATE DATABASE shop;\n\\connect shop\nSET b = 1;\n')}${section('DATABASE PROPERTIES', 'ALTER DATABASE shop SET c = 1;\n')}${contents}`

  expect(await translateDump(createForeignPostgresqlDump(), dump)).toEqual({
    notes: ['the database shop goes into the default one'],
    translated: `SET a = 1;\n${section('DATABASE', 'SET b = 1;\n')}${section('DATABASE PROPERTIES', '')}${contents}`,
  })
})

function section(type: string, lines: string): string {
  return `-- Name: shop; Type: ${type}; Schema: -; Owner: -\n${lines}`
}
