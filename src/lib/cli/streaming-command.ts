import { BaseCommand } from './base-command.ts'

/** Commands whose `--json` is one compact object a line, each with a `type`; warnings and the error are lines too. */
export abstract class StreamingCommand extends BaseCommand {
  protected override readonly streamsJson = true
}
