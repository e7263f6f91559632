import * as z from 'zod/mini'

export const source = z.enum(['account', 'default', 'file', 'flag', 'link', 'variable'])

export const changedSettings = z.strictObject({ file: z.string(), keys: z.array(z.string()) })
