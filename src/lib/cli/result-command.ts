import type { Interfaces } from '@oclif/core'
import { BaseCommand } from './base-command.ts'
import { joinSort, type OutputChoice, readChoice } from './output/choice.ts'
import { outputFlags } from './output/flags.ts'
import { printFound, printResult } from './output/print-result.ts'
import type { View } from './output/view.ts'
import type { ChangePlan, PlannedStep } from './plan/change-plan.ts'
import { renderChangePlan } from './render/change-plan.ts'
import { layoutOfStdout } from './render/layout.ts'

type Values = Readonly<Record<string, unknown>>

/** Commands that return one result: parse, one call, one view. */
export abstract class ResultCommand extends BaseCommand {
  static override baseFlags = { ...BaseCommand.baseFlags, ...outputFlags }

  #choice: OutputChoice = { header: true }
  #found: { readonly value: unknown } | undefined

  /** Refuses a wrong `--query` before anything is done. @throws usage.flag, usage.query */
  protected override async parse<F extends Values, B extends Values, A extends Values>(
    options?: Interfaces.Input<F, B, A>,
    argv: string[] = this.argv,
  ): Promise<Interfaces.ParserOutput<F, B, A>> {
    const parsed = await super.parse(options, joinSort(argv))
    this.#choice = await readChoice(parsed.flags)
    return parsed
  }

  /** Prints the result as the flags ask for; under `--json` oclif prints what `run` returns. @throws usage.flag, usage.query */
  protected async show<T extends object>(result: T, view: View<T>): Promise<T> {
    const { query } = this.#choice
    if (query) this.#found = { value: query(result) }
    if (this.jsonEnabled()) return result
    const layout = layoutOfStdout(this.runtime)
    const found = this.#found
    this.runtime.write(
      found ? printFound(found.value, layout) : await printResult(result, view, { choice: this.#choice, layout }),
    )
    return result
  }

  /**
   * Before a change: with `--dry-run` looks what it would do and prints that; the command returns it and is done.
   * Without it undefined: the provider checks what it is asked for itself.
   */
  protected async planned(
    flags: { readonly 'dry-run'?: boolean | undefined },
    plan: () => Promise<readonly PlannedStep[]>,
  ): Promise<ChangePlan | undefined> {
    if (flags['dry-run'] !== true) return undefined
    const steps = await plan()
    this.tell(steps.length === 0 ? 'nothing to do' : 'dry run: nothing was changed')
    return this.show({ dryRun: true, steps }, renderChangePlan)
  }

  protected override toSuccessJson(result: unknown): unknown {
    return super.toSuccessJson(this.#found ? this.#found.value : result)
  }
}
