import { ResultCommand } from '../../lib/cli/result-command.ts'
import type { Result } from '../../lib/cli/results/platform/trust.ts'
import { trustSteps } from '../../lib/cli/trust-steps.ts'

export default class PlatformTrust extends ResultCommand {
  static override summary = "print the certificate authority of the platform's HTTPS"
  static override description =
    'Browsers trust the HTTPS of this machine once its authority is installed. Prints it, and says on stderr how to install it.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> > aloft-ca.crt',
    'curl --cacert <(<%= config.bin %> <%= command.id %> --quiet) "$(<%= config.bin %> open)"',
  ]

  async run(): Promise<Result> {
    await this.parse(PlatformTrust)
    const pem = await (await this.runtime.openLocalPlatform()).certificateAuthority(this.call)
    const steps = trustSteps(process.platform)
    for (const step of steps) this.tell(step)
    return this.show({ pem, steps }, () => (pem.endsWith('\n') ? pem : `${pem}\n`))
  }
}
