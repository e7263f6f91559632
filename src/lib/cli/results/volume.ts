import * as z from 'zod/mini'
import type { Volume, VolumeMount, VolumeTransfer } from '../../core/model.ts'
import type { Shape } from './schema.ts'

const volumeMount = z.strictObject({ service: z.string(), path: z.string() } satisfies Shape<VolumeMount>)

export const volume = z.strictObject({
  name: z.string(),
  mounts: z.array(volumeMount),
  bytes: z.number(),
  files: z.number(),
  quotaBytes: z.optional(z.number()),
  enforced: z.optional(z.boolean()),
} satisfies Shape<Volume>)

export const volumeTransfer = z.strictObject({
  volume: z.string(),
  files: z.number(),
  bytes: z.number(),
  unchanged: z.number(),
  removed: z.number(),
  passedOver: z.number(),
} satisfies Shape<VolumeTransfer>)
