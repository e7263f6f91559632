import { expect, test } from 'vitest'
import { createCopyCounter } from '../../../../../../src/lib/platform/services/postgresql/copy-counter.ts'

const DUMP = String.raw`\restrict key
CREATE FUNCTION public.f() RETURNS text LANGUAGE sql AS $$SELECT '
COPY public.users (id) FROM stdin;
\connect "elsewhere"
\unrestrict other
'$$;
--
-- Data for Name: users; Type: TABLE DATA; Schema: public; Owner: main
--

COPY public.users (id, name) FROM stdin;
1	Ada
2	a newline: \n, a tab: \t, a backslash: \\, \\. and the end: \\.
3	\N
4	COPY public.users (id) FROM stdin;
5	-- Data for Name: users; Type: TABLE DATA; Schema: public; Owner: main
\.


--
-- Data for Name: empty; Type: TABLE DATA; Schema: public; Owner: main
--

COPY public.empty (id) FROM stdin;
\.


--
-- Data for Name: a "quoted". name (x); Type: TABLE DATA; Schema: Odd Schema; Owner: main
--

COPY "Odd Schema"."a ""quoted"". name (x)" ("from stdin;", b) FROM stdin;
\\x00ff	x
\.


--
-- Data for Name: no_columns; Type: TABLE DATA; Schema: public; Owner: main
--

COPY public.no_columns  FROM stdin;


\.

\unrestrict key

\connect "legacy"

--
-- Data for Name: users; Type: TABLE DATA; Schema: public; Owner: main
--

COPY public.users (id) FROM stdin;
7
8
\.
SELECT pg_catalog.setval('public.users_id_seq', 8, true);
`

const ROWS = {
  '"Odd Schema"."a ""quoted"". name (x)"': 1,
  'legacy.public.users': 2,
  'public.empty': 0,
  'public.no_columns': 2,
  'public.users': 5,
}

test('counts the rows of each table of each database, whatever they look like', () => {
  const counter = createCopyCounter()
  counter.write(Buffer.from(DUMP))
  expect(counter.result()).toEqual(ROWS)
})

test('counts the same wherever the stream is cut into chunks', () => {
  const bytes = Buffer.from(DUMP)
  for (const size of [1, 2, 3, 7, 64, 101]) {
    const counter = createCopyCounter()
    for (let start = 0; start < bytes.length; start += size) counter.write(bytes.subarray(start, start + size))
    expect(counter.result()).toEqual(ROWS)
  }
})

test('counts a table named like a property that every object has', () => {
  const counter = createCopyCounter()
  counter.write(Buffer.from('-- Data for Name: x; Type: TABLE DATA\nCOPY public.__proto__ (a) FROM stdin;\n1\n\\.\n'))
  expect(counter.result()).toEqual({ 'public.__proto__': 1 })
})
