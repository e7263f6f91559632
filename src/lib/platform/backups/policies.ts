import * as z from 'zod/mini'
import { BACKUP_SCOPES, BACKUP_STORAGES, type BackupRetention, type BackupStorage } from '../../core/model.ts'
import type { SettingStore } from '../store/port.ts'
import { DEFAULT_RETENTION } from './retention.ts'
import type { StoredSchedule } from './schedule.ts'

const SCHEDULE = 'backups.schedule.'
const RETENTION = 'backups.retention.'
const STORAGE = 'backups.storage.'

const schedule = z.object({
  consistency: z.enum(['consistent', 'live']),
  cron: z.string(),
  lastAt: z.optional(z.string()),
  only: z.array(z.enum(BACKUP_SCOPES)),
  since: z.string(),
  timeZone: z.string(),
})
const retention = z.object({ days: z.number(), months: z.number(), weeks: z.number() })
const storage = z.enum(BACKUP_STORAGES)

/** What environments (by id) want of their backups. */
export class BackupPolicies {
  readonly #settings: SettingStore

  constructor(settings: SettingStore) {
    this.#settings = settings
  }

  schedule(environment: string): StoredSchedule | undefined {
    const found = this.#settings.get(SCHEDULE + environment)
    return found === undefined ? undefined : z.parse(schedule, found)
  }

  schedules(): { readonly environment: string; readonly schedule: StoredSchedule }[] {
    return this.#settings
      .list(SCHEDULE)
      .map(({ name, value }) => ({ environment: name.slice(SCHEDULE.length), schedule: z.parse(schedule, value) }))
  }

  setSchedule(environment: string, wanted: StoredSchedule | undefined): void {
    if (wanted) this.#settings.set(SCHEDULE + environment, wanted)
    else this.#settings.delete(SCHEDULE + environment)
  }

  retention(environment: string): BackupRetention {
    const found = this.#settings.get(RETENTION + environment)
    return found === undefined ? DEFAULT_RETENTION : z.parse(retention, found)
  }

  setRetention(environment: string, wanted: BackupRetention): void {
    this.#settings.set(RETENTION + environment, wanted)
  }

  /** Where the volumes of later backups go; those of earlier ones stay where they are. */
  storage(environment: string): BackupStorage {
    return storage.parse(this.#settings.get(STORAGE + environment) ?? 'directory')
  }

  setStorage(environment: string, wanted: BackupStorage): void {
    this.#settings.set(STORAGE + environment, wanted)
  }

  /** Of environments that are gone. */
  forgetExcept(environments: ReadonlySet<string>): void {
    for (const prefix of [SCHEDULE, RETENTION, STORAGE]) {
      for (const { name } of this.#settings.list(prefix))
        if (!environments.has(name.slice(prefix.length))) this.#settings.delete(name)
    }
  }
}
