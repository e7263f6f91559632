import type { LocationSpec, RuntimeSpec, WebSpec } from '../environment-spec.ts'
import { insidePath } from '../tree.ts'
import type { ApplicationContext } from './family.ts'
import { withEnvironmentScript } from './environment-script.ts'
import { phpFpm } from './php-fpm.ts'
import type { LocationInput, WebInput } from './schemas.ts'

type RuleSpec = LocationSpec['rules'][string]

/** Everything goes to the application. */
const PASS_ALL: LocationInput = { passthru: true }

/** `web` as the edge needs it; PHP without a start command is served by php-fpm (docs.platform.sh, "PHP"). */
export function toWeb(web: WebInput, runtime: RuntimeSpec, context: ApplicationContext): WebSpec {
  const { commands, upstream } = web
  const fpm = runtime.name === 'php' && !commands?.start ? phpFpm(runtime.settings ?? {}) : undefined
  const locations = web.locations ?? { '/': legacyLocation(web) ?? PASS_ALL }
  return {
    commands: {
      preStart: withEnvironmentScript(commands?.pre_start, context),
      start: withEnvironmentScript(fpm ?? commands?.start, context),
    },
    locations: Object.fromEntries(Object.entries(locations).map(([path, location]) => [path, toLocation(location)])),
    port: context.family.port,
    ...toUpstream(upstream, fpm !== undefined),
  }
}

function toUpstream(upstream: WebInput['upstream'], fpm: boolean): Pick<WebSpec, 'protocol' | 'socketFamily'> {
  return {
    protocol: upstream?.protocol ?? (fpm ? 'fastcgi' : 'http'),
    socketFamily: upstream?.socket_family ?? (fpm ? 'unix' : 'tcp'),
  }
}

function toLocation(location: LocationInput): LocationSpec {
  return {
    allow: location.allow ?? true,
    expiresMs: location.expires ?? -1,
    headers: texts(location.headers ?? {}),
    index: location.index ?? [],
    passthru: location.passthru ?? false,
    root: location.root === undefined || location.root === null ? undefined : (insidePath(location.root) ?? '.'),
    rules: Object.fromEntries(Object.entries(location.rules ?? {}).map(([pattern, rule]) => [pattern, toRule(rule)])),
    scripts: location.scripts ?? true,
  }
}

function toRule(rule: NonNullable<LocationInput['rules']>[string]): RuleSpec {
  return {
    ...(typeof rule.allow === 'boolean' ? { allow: rule.allow } : {}),
    ...(typeof rule.expires === 'number' ? { expiresMs: rule.expires } : {}),
    ...(rule.headers ? { headers: texts(rule.headers) } : {}),
    ...(rule.passthru === undefined || rule.passthru === null ? {} : { passthru: rule.passthru }),
    ...(typeof rule.scripts === 'boolean' ? { scripts: rule.scripts } : {}),
  }
}

/** The keys that `locations` replaced, as the location `/`; undefined when none of them is used. */
function legacyLocation(web: WebInput): LocationInput | undefined {
  const { blacklist, document_root, expires, index_files, passthru, whitelist } = web
  if (![blacklist, document_root, expires, index_files, passthru, whitelist].some(value => value != null))
    return undefined
  const rules = [
    ...(whitelist ?? []).map(pattern => [pattern, { allow: true }] as const),
    ...(blacklist ?? []).map(pattern => [pattern, { allow: false }] as const),
  ]
  return {
    allow: !whitelist,
    expires,
    index: index_files,
    passthru: passthru ?? false,
    root: document_root,
    rules: Object.fromEntries(rules),
  }
}

function texts(values: Readonly<Record<string, string | number>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]))
}
