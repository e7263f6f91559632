import { AppError } from '../../../core/errors.ts'
import { createId } from '../../../core/ids.ts'
import type { ActivityFilter, ActivityRecord, ActivityStore, NewActivity } from '../port.ts'
import { changedColumns, inputContext, lanesColumn, toActivity, toStep } from './activity-rows.ts'
import { createStepWriter } from './activity-steps.ts'
import type { Base } from './base.ts'
import type { Row } from './database.ts'
import { assignments, text } from './rows.ts'

const DEFAULT_LIMIT = 100

export function createActivityStore(base: Base): ActivityStore {
  const { database, secrets } = base
  const full = (row: Row): ActivityRecord => {
    const steps = database.all('SELECT * FROM activity_steps WHERE activity = :id ORDER BY ordinal', {
      id: text(row, 'id'),
    })
    return toActivity(
      row,
      steps.map(step => toStep(step, secrets)),
      secrets,
    )
  }
  const get = (id: string): ActivityRecord | undefined => {
    const row = database.get('SELECT * FROM activities WHERE id = :id', { id })
    return row && full(row)
  }
  const existing = (id: string): ActivityRecord => {
    const activity = get(id)
    if (!activity) throw new AppError('not-found.activity', `there is no activity ${id}`)
    return activity
  }
  return {
    ...createStepWriter(base),
    create: activity =>
      database.transaction(() => {
        const { created, id } = insertOnce(base, activity)
        return { activity: existing(id), created }
      }),
    get,
    list: filter => list(base, filter),
    unfinished: () =>
      database.all("SELECT * FROM activities WHERE state <> 'finished' OR log_ended = 0 ORDER BY sequence").map(full),
    update(id, change) {
      const columns = changedColumns(change)
      if (Object.keys(columns).length > 0)
        database.run(`UPDATE activities SET ${assignments(columns)} WHERE id = :id`, { ...columns, id })
      return existing(id)
    },
  }
}

function insertOnce(base: Base, activity: NewActivity): { id: string; created: boolean } {
  const { database, secrets } = base
  const { environment, input, key, project, request = input, type } = activity
  const fingerprint = secrets.fingerprint(JSON.stringify([type, project ?? null, environment ?? null, request ?? null]))
  const known =
    key === undefined ? undefined : database.get('SELECT * FROM activities WHERE client_key = :key', { key })
  if (!known) return { created: true, id: insert(base, activity, fingerprint) }
  if (text(known, 'request_fingerprint') !== fingerprint) {
    throw new AppError('conflict.changed', `the key "${key}" was used for another request`, {
      details: { activity: text(known, 'id') },
      suggestions: ['use a new key for a new request'],
    })
  }
  return { created: false, id: text(known, 'id') }
}

function insert({ database, now, secrets, timestamp }: Base, activity: NewActivity, fingerprint: string): string {
  const { createdBy, description, environment, input, key, lanes, project, type } = activity
  const id = createId('act', now())
  database.run(
    `INSERT INTO activities (id, type, description, project, environment, state, input, lanes, client_key,
       request_fingerprint, created_by, created_at)
     VALUES (:id, :type, :description, :project, :environment, 'queued', :input, :lanes, :key, :fingerprint, :createdBy,
       :createdAt)`,
    {
      createdAt: timestamp(),
      createdBy,
      description,
      environment,
      fingerprint,
      id,
      input: secrets.seal(JSON.stringify(input ?? null), inputContext(id)),
      key,
      lanes: lanesColumn.write(lanes),
      project,
      type,
    },
  )
  return id
}

function list({ database, secrets }: Base, filter: ActivityFilter): ActivityRecord[] {
  const { before, environment, limit = DEFAULT_LIMIT, project, result, state, type } = filter
  const rows = database.all(
    `SELECT * FROM activities
     WHERE (:project IS NULL OR project = :project) AND (:environment IS NULL OR environment = :environment)
       AND (:type IS NULL OR type = :type) AND (:state IS NULL OR state = :state)
       AND (:result IS NULL OR result = :result)
       AND (:before IS NULL OR sequence < (SELECT sequence FROM activities WHERE id = :before))
     ORDER BY sequence DESC LIMIT :limit`,
    { before, environment, limit, project, result, state, type },
  )
  return rows.map(row => toActivity(row, [], secrets))
}
