import type { KeyEffects } from '../document/section.ts'

const SIZE = 'container sizes have no effect here: set the scale with `aloft scale`'

const NO_FIREWALL = 'a firewall: it would not be enforced'

const shared: KeyEffects = {
  ignored: {
    access: 'access by role has no effect here',
    container_profile: SIZE,
    size: SIZE,
    'resources.base_memory': SIZE,
    'resources.memory_ratio': SIZE,
  },
  unsupported: { firewall: NO_FIREWALL },
}

export const WORKER_EFFECTS: KeyEffects = {
  ignored: {
    ...shared.ignored,
    disk: 'a worker shares the volumes of its application, and their size',
    timezone: 'only crons have a time zone, and workers have no crons',
  },
  unsupported: { ...shared.unsupported, 'commands.post_start': 'commands after the start of a worker' },
}

export const APPLICATION_EFFECTS: KeyEffects = {
  ignored: {
    ...shared.ignored,
    'build.caches': 'build caches have no effect here',
    'crons.*.commands.stop': 'has no effect here: a cron that has to end gets SIGTERM',
    operations: 'operations cannot be run here',
    preflight: 'preflight checks have no effect here',
    'runtime.disabled_extensions': 'the PHP that is installed decides on extensions',
    'runtime.extensions': 'the PHP that is installed decides on extensions',
    'runtime.quiesce_on_snapshot': 'has no effect here',
    'runtime.request_terminate_timeout': 'has no effect here',
    'runtime.sizing_hints': 'has no effect here',
    'runtime.xdebug': 'has no effect here',
    'source.operations': 'source operations cannot be run here',
    'web.locations.*.request_buffering': 'request buffering has no effect here',
  },
  unsupported: {
    ...shared.unsupported,
    additional_hosts: 'additional hosts',
    'dependencies.php.repositories': 'composer repositories for global tools',
    'dependencies.python': 'Python 2 tools; use python3',
    'dependencies.python2': 'Python 2 tools; use python3',
    'dependencies.ruby': 'Ruby tools',
    stack: 'composable stacks',
    'web.commands.post_start': 'commands after the start of the application',
    'web.move_to_root': 'move_to_root',
  },
}

export const SERVICE_EFFECTS: KeyEffects = {
  ignored: {
    access: 'access by role has no effect here',
    container_profile: 'container sizes have no effect here',
    resources: 'container sizes have no effect here',
    size: 'container sizes have no effect here',
  },
  unsupported: { firewall: NO_FIREWALL, relationships: 'relationships of a managed service' },
}

export const ROUTE_EFFECTS: KeyEffects = {
  ignored: {
    attributes: 'route attributes have no effect here',
    cache: 'the route cache has no effect here: responses are never cached',
    'redirects.expires': 'has no effect here',
    restrict_robots: 'has no effect here',
    ssi: 'server side includes have no effect here',
    tls: 'TLS settings have no effect here',
  },
  unsupported: { http_access: 'access rules on a route: they would not be enforced' },
}
