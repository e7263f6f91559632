import { searchTypes } from '../../../src/lib/platform/services/search.ts'
import { describeService } from './service-contract.ts'

const [search] = searchTypes({})
if (!search) throw new Error('there is no search')

describeService({
  broken: { dump: 'table_create Pages TABLE_HASH_KEY ShortText\nnonsense\n', says: /invalid command name: nonsense/ },
  read: service => service.run({ command: 'groonga data/groonga/db dump', variables: {} }),
  type: search,
  write: async (service, word) => {
    const { host, port } = service.target.place
    for (const command of SCHEMA) await ask(`http://${host}:${port}/d/${command}`)
    await ask(`http://${host}:${port}/d/load?table=Pages`, [
      { _key: `${word}\n[tricky], "key"`, text: `about the ${word}\nof two lines\n]` },
      { _key: word, text: 'nothing' },
    ])
  },
})

/** A table with an index, and one that is only referred to. */
const SCHEMA = [
  'table_create?name=Tags&flags=TABLE_HASH_KEY&key_type=ShortText',
  'table_create?name=Pages&flags=TABLE_HASH_KEY&key_type=ShortText',
  'column_create?table=Pages&name=text&flags=COLUMN_SCALAR&type=Text',
  'column_create?table=Pages&name=tags&flags=COLUMN_VECTOR&type=Tags',
  'table_create?name=Words&flags=TABLE_PAT_KEY&key_type=ShortText&default_tokenizer=TokenBigram&normalizer=NormalizerAuto',
  'column_create?table=Words&name=pages&flags=COLUMN_INDEX|WITH_POSITION&type=Pages&source=text',
]

async function ask(address: string, records?: readonly unknown[]): Promise<unknown> {
  const response = await fetch(
    address,
    records && { body: JSON.stringify(records), headers: { 'content-type': 'application/json' }, method: 'POST' },
  )
  return response.json()
}
