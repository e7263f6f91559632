import { listView } from '../output/view.ts'
import type { Explanation, Origin } from '../settings/explain-settings.ts'
import type { ListedSetting } from '../settings/list-settings.ts'

export const settingList = listView<ListedSetting>([
  { cell: ({ key }) => key, name: 'setting' },
  { cell: ({ value }) => value, name: 'value' },
  { cell: ({ source }) => source, name: 'from' },
  { cell: ({ description }) => description, name: 'description' },
])

export const explanationList = listView<Explanation>([
  { cell: ({ key }) => key, name: 'setting' },
  { cell: ({ value = '' }) => value, name: 'value' },
  { cell: ({ origins: [first] }) => (first ? printPlace(first) : 'nothing says it'), name: 'from' },
  {
    cell: ({ origins: [, ...rest] }) => rest.map(each => `${each.value} (${printPlace(each)})`).join(', '),
    name: 'over',
  },
])

function printPlace({ place, source }: Origin): string {
  return place === undefined ? source : `${source} ${place}`
}
