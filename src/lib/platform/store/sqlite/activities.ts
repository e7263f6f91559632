import { AppError } from '../../../core/errors.ts'
import { createId } from '../../../core/ids.ts'
import type { ActivityFilter, ActivityRecord, ActivityRequest, ActivityStore, NewActivity } from '../port.ts'
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
        const known = findByKey(base, activity)
        return { activity: existing(known ?? insert(base, activity)), created: known === undefined }
      }),
    findByKey(request) {
      const known = findByKey(base, request)
      return known === undefined ? undefined : existing(known)
    },
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

function fingerprintOf({ secrets }: Base, { environment, project, request, type }: ActivityRequest): string {
  return secrets.fingerprint(JSON.stringify([type, project ?? null, environment ?? null, request ?? null]))
}

/** The id. */
function findByKey(base: Base, request: ActivityRequest): string | undefined {
  const { key } = request
  if (key === undefined) return undefined
  const known = base.database.get('SELECT * FROM activities WHERE client_key = :key', { key })
  if (!known) return undefined
  if (text(known, 'request_fingerprint') !== fingerprintOf(base, request)) {
    throw new AppError('conflict.changed', `the key "${key}" was used for another request`, {
      details: { activity: text(known, 'id') },
      suggestions: ['use a new key for a new request'],
    })
  }
  return text(known, 'id')
}

function insert(base: Base, activity: NewActivity): string {
  const { database, now, secrets, timestamp } = base
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
      fingerprint: fingerprintOf(base, activity),
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
