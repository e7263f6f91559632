import type { Command } from '@oclif/core'

export declare const files: Readonly<Record<string, string>>
export declare const commands: Readonly<Record<string, Command.Class>>
