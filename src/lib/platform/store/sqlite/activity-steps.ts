import type { ActivityStore } from '../port.ts'
import { errorColumn, outputContext } from './activity-rows.ts'
import type { Base } from './base.ts'

export function createStepWriter({
  database,
  secrets,
  timestamp,
}: Base): Pick<ActivityStore, 'failStep' | 'finishStep' | 'startStep'> {
  return {
    failStep(activity, name, error) {
      database.run(
        `UPDATE activity_steps SET state = 'failed', error = :error, finished_at = :at
         WHERE activity = :activity AND name = :name`,
        { activity, at: timestamp(), error: errorColumn.write(error), name },
      )
    },
    finishStep(activity, name, output) {
      const json = JSON.stringify(output)
      database.run(
        `UPDATE activity_steps SET state = 'done', output = :output, finished_at = :at
         WHERE activity = :activity AND name = :name`,
        {
          activity,
          at: timestamp(),
          name,
          output: json === undefined ? undefined : secrets.seal(json, outputContext(activity, name)),
        },
      )
    },
    startStep(activity, name) {
      database.run(
        `INSERT INTO activity_steps (activity, ordinal, name, state, started_at)
         VALUES (:activity, (SELECT count(*) FROM activity_steps WHERE activity = :activity), :name, 'running', :at)
         ON CONFLICT (activity, name) DO UPDATE SET state = 'running', started_at = :at, finished_at = NULL,
           output = NULL, error = NULL`,
        { activity, at: timestamp(), name },
      )
    },
  }
}
