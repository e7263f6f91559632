import { Flags } from '@oclif/core'
import type { ServiceConnections } from '../../providers/port.ts'
import { targetFlags } from '../flags.ts'
import { requireOption, requirePart } from '../require-part.ts'
import type { TunnelEvent } from '../results/tunnel-event.ts'
import { StreamingCommand } from '../streaming-command.ts'
import type { TargetFlags } from '../target.ts'
import type { ProviderChoice } from '../runtime.ts'
import { layoutOfStdout } from '../render/layout.ts'
import { renderTunnel } from '../render/tunnel.ts'

export const tunnelFlags = {
  ...targetFlags,
  port: Flags.integer({
    default: 0,
    description: 'local port (default: any free one)',
    helpValue: 'PORT',
    max: 65_535,
    min: 0,
  }),
  'show-password': Flags.boolean({ description: 'print the password too, alone and in the URL' }),
}

type Connection = TunnelEvent['connections'][number]

interface TunnelRequest {
  readonly flags: TargetFlags & ProviderChoice & { readonly port: number; readonly 'show-password': boolean }
  readonly service: string | undefined
}

/** A port of 127.0.0.1 that leads to a managed service, until the command is interrupted, which is no failure. */
export abstract class TunnelCommand extends StreamingCommand {
  protected override readonly showsLife = false

  protected async runTunnel({ flags, service }: TunnelRequest): Promise<void> {
    const provider = await this.openProvider(flags)
    const services = requirePart(provider, 'services')
    requireOption(services.support.tunnel, provider, 'tunnels')
    const environment = await this.target(flags, provider)
    const { listen, serveTunnel } = await import('./tunnel.ts')
    const server = await listen(flags.port)
    const { port } = server
    try {
      const found = await services.connections({ environment, port, service }, this.call)
      const open = () => services.tunnel({ environment, service: found.service }, this.call)
      // what cannot be reached now is said at once
      ;(await open()).destroy()
      this.#print(toEvent(found, port, flags['show-password']))
      await serveTunnel(server, open, { onFailure: message => this.warn(message), signal: this.signal })
    } finally {
      server.close()
    }
  }

  #print(event: TunnelEvent): void {
    if (this.jsonEnabled()) this.logJson(event)
    else this.runtime.write(renderTunnel(event, layoutOfStdout(this.runtime)))
    this.tell('open until interrupted')
  }
}

function toEvent(
  { connections, service, type }: ServiceConnections,
  port: number,
  showsPassword: boolean,
): TunnelEvent {
  return {
    connections: connections.map(connection => (showsPassword ? connection : withoutPassword(connection))),
    host: '127.0.0.1',
    port,
    service,
    serviceType: type,
    type: 'tunnel',
  }
}

function withoutPassword({ database, endpoint, url, username }: Connection): Connection {
  const shown = new URL(url)
  shown.password = ''
  return { database, endpoint, url: shown.href, username }
}
