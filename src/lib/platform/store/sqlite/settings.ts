import type { SettingStore } from '../port.ts'
import type { Base } from './base.ts'
import { text } from './rows.ts'

export function createSettingStore({ database }: Base): SettingStore {
  return {
    delete(name) {
      database.run('DELETE FROM settings WHERE name = :name', { name })
    },
    get(name) {
      const row = database.get('SELECT value FROM settings WHERE name = :name', { name })
      return row && JSON.parse(text(row, 'value'))
    },
    increment(name) {
      const row = database.get(
        `INSERT INTO settings (name, value) VALUES (:name, '1')
         ON CONFLICT (name) DO UPDATE SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT) RETURNING value`,
        { name },
      )
      return row ? Number(text(row, 'value')) : 0
    },
    list: prefix =>
      database
        .all('SELECT * FROM settings WHERE substr(name, 1, length(:prefix)) = :prefix ORDER BY name', { prefix })
        .map(row => ({ name: text(row, 'name'), value: JSON.parse(text(row, 'value')) })),
    set(name, value) {
      database.run(
        'INSERT INTO settings (name, value) VALUES (:name, :value) ON CONFLICT (name) DO UPDATE SET value = :value',
        { name, value: JSON.stringify(value) },
      )
    },
  }
}
