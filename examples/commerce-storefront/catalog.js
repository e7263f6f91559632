import { readFileSync } from 'node:fs'
import { search } from './services.js'

export const products = JSON.parse(readFileSync('catalog/products.json', 'utf8'))

/** The search engine's tables, made anew with each deployment. */
export async function indexProducts() {
  for (const name of ['Terms', 'Products']) await search('table_remove', { name, dependent: 'yes' }).catch(() => undefined)
  await search('table_create', { flags: 'TABLE_PAT_KEY', key_type: 'ShortText', name: 'Products' })
  await search('column_create', { flags: 'COLUMN_SCALAR', name: 'name', table: 'Products', type: 'ShortText' })
  await search('table_create', {
    default_tokenizer: 'TokenBigram',
    flags: 'TABLE_PAT_KEY',
    key_type: 'ShortText',
    name: 'Terms',
    normalizer: 'NormalizerAuto',
  })
  await search('column_create', {
    flags: 'COLUMN_INDEX|WITH_POSITION',
    name: 'products',
    source: 'name',
    table: 'Terms',
    type: 'Products',
  })
  return search('load', { table: 'Products' }, products.map(({ name, sku }) => ({ _key: sku, name })))
}

/** Products whose names have these words, best first. */
export async function findProducts(words) {
  const [[, , ...rows]] = await search('select', {
    match_columns: 'name',
    output_columns: '_key,name',
    query: words,
    sort_keys: '-_score',
    table: 'Products',
  })
  return rows.map(([sku, name]) => ({ name, sku }))
}
