/*
 * The vocabulary: one word for one thing, in flags, types, JSON and docs. Times are ISO 8601 in UTC, sizes are bytes
 * unless the name says otherwise.
 */

export * from './model/activities.ts'
export * from './model/backups.ts'
export * from './model/deployments.ts'
export * from './model/environments.ts'
export * from './model/services.ts'
export type * from './model/variables.ts'
export type * from './model/volumes.ts'
