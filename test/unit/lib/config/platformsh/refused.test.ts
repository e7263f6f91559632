import { describe, expect, test } from 'vitest'
import { refusal } from '../project.ts'

describe('mistakes in the Platform.sh family', () => {
  test('all problems of all files are said at once, with places, in order', async () => {
    expect(
      await refusal({
        '.platform.app.yaml': `name: New_App
type: nodejs
disc: 512
hooks:
  biuld: npm run build
  deploy: [a, b]
mounts:
  /var: { source: local }
  /var/cache: { source: local }
  ../up: { source: tmp }
  logs: { source: disk }
  old: "shared:var"
timezone: Europe/Berln
crons:
  a: { spec: "61 * * * *", cmd: x }
  b: { spec: "* * *", cmd: x }
  c: { spec: "* * * * *" }
workers:
  queue: { commands: { pre_start: x } }
  New_App: { commands: { start: x } }
web:
  commands: { start: 5 }
  upstream: { socket_family: udp }
  locations:
    media: { expires: soon }
    /: { root: ../.., rules: { '(': {} }, passthru: 3 }
`,
        '.platform/routes.yaml': `"{default}": { type: upstream, upstream: "app:http" }
https://{default}/: { type: upstream, upstream: "ap:http" }
https://a.{default}/: { type: redirect }
https://b.{default}/: { type: upsteam, upstream: "app:http" }
https://c.{default}/: { type: upstream, upstream: "app:http", redirects: { paths: { /a: { code: 200 } } } }
`,
      }),
    ).toMatchInlineSnapshot(`
      "usage.config
      The project files have errors:
      .platform.app.yaml:1:7: name: "New_App" is not a valid name: lower-case letters, digits and dashes, 1 to 40 characters, no dash at either end
      .platform.app.yaml:2:1: type: "nodejs" is no type (allowed: nodejs:VERSION, php:VERSION, python:VERSION)
      .platform.app.yaml:3:1: disc: unknown key; did you mean "disk"? (allowed: access, additional_hosts, build, container_profile, crons, dependencies, disk, firewall, hooks, mounts, name, operations, preflight, relationships, resources, runtime, size, source, stack, timezone, type, variables, web, workers)
      .platform.app.yaml:5:3: hooks.biuld: unknown key; did you mean "build"? (allowed: build, deploy, post_deploy)
      .platform.app.yaml:6:3: hooks.deploy: is a list; expected text
      .platform.app.yaml:9:3: mounts["/var/cache"]: lies in the mount "/var": mounts cannot be nested
      .platform.app.yaml:10:3: mounts["../up"]: must be a directory inside the application
      .platform.app.yaml:11:11: mounts.logs.source: is not allowed; allowed: local, storage, instance, tmp, temporary, service
      .platform.app.yaml:12:3: mounts.old: is no mount; expected "shared:files/<directory>" or {source, source_path}
      .platform.app.yaml:13:1: timezone: is no IANA time zone; expected e.g. UTC or Europe/Berlin
      .platform.app.yaml:15:8: crons.a.spec: is no schedule; expected five fields: minute, hour, day, month, day of week
      .platform.app.yaml:16:8: crons.b.spec: is no schedule; expected five fields: minute, hour, day, month, day of week
      .platform.app.yaml:17:3: crons.c: needs a command: commands.start, or cmd
      .platform.app.yaml:19:12: workers.queue.commands.start: is required: text
      .platform.app.yaml:20:12: workers.New_App: "New_App--New_App" is not a valid name: lower-case letters, digits and dashes, 1 to 40 characters, no dash at either end
      .platform.app.yaml:22:15: web.commands.start: is a whole number; expected text
      .platform.app.yaml:23:15: web.upstream.socket_family: is not allowed; allowed: tcp, unix
      .platform.app.yaml:25:5: web.locations.media: a location begins with /
      .platform.app.yaml:26:10: web.locations["/"].root: must stay inside the application
      .platform.app.yaml:26:32: web.locations["/"].rules["("]: is no regular expression that can be used here
      .platform.app.yaml:26:43: web.locations["/"].passthru: is a whole number; expected true or false or text
      .platform/routes.yaml:1:1: ["{default}"]: is no address; expected e.g. "https://{default}/" or "http://www.{default}/path"
      .platform/routes.yaml:2:39: ["https://{default}/"].upstream: there is no application "ap" (applications: New_App)
      .platform/routes.yaml:3:23: ["https://a.{default}/"]: a redirect needs the key "to"
      .platform/routes.yaml:4:25: ["https://b.{default}/"].type: is not allowed; allowed: upstream, redirect, proxy; did you mean "upstream"?
      .platform/routes.yaml:5:85: ["https://c.{default}/"].redirects.paths["/a"].to: is required: text
      .platform/routes.yaml:5:91: ["https://c.{default}/"].redirects.paths["/a"].code: is not allowed; allowed: 301, 302, 307, 308"
    `)
  })

  test('what needs the whole application valid is said when it is', async () => {
    expect(
      await refusal({
        'aloft.yaml': `applications:
  web:
    type: node:22
    crons:
      a: { spec: "61 * * * *", cmd: x }
      b: { spec: "* * *", cmd: x }
      c: { spec: "* * * * *" }
    workers:
      none: { commands: { start: x } }
  all: {}
  Web: { type: static }
routes:
  https://{default}/: { type: upstream, upstream: "wbe:http" }
`,
      }),
    ).toMatchInlineSnapshot(`
      "usage.config
      The project files have errors:
      aloft.yaml:3:5: applications.web.type: "node:22" is no type (allowed: nodejs:VERSION, php:VERSION, python:VERSION, shell, static)
      aloft.yaml:5:12: applications.web.crons.a.spec: is no schedule; expected five fields: minute, hour, day, month, day of week
      aloft.yaml:6:12: applications.web.crons.b.spec: is no schedule; expected five fields: minute, hour, day, month, day of week
      aloft.yaml:7:7: applications.web.crons.c: needs a command: commands.start, or cmd
      aloft.yaml:9:13: applications.web.workers.none: "none" is reserved
      aloft.yaml:10:8: applications.all: "all" is reserved
      aloft.yaml:10:8: applications.all.type: is required: nodejs:VERSION, php:VERSION, python:VERSION, shell, static
      aloft.yaml:11:8: applications.Web: "Web" is not a valid name: lower-case letters, digits and dashes, 1 to 40 characters, no dash at either end
      aloft.yaml:13:41: routes["https://{default}/"].upstream: there is no application "wbe"; did you mean "web"? (applications: web, all, Web)"
    `)
  })

  test('broken YAML is shown at its place', async () => {
    expect(await refusal({ 'aloft.yaml': 'applications:\n  web: {type: "nodejs:22"\n  x: [1\n' }))
      .toMatchInlineSnapshot(`
      "usage.config
      The project files have errors:
      aloft.yaml:3:3: Flow map in block collection must be sufficiently indented and end with a }
      aloft.yaml:4:1: Flow sequence in block collection must be sufficiently indented and end with a ]"
    `)
    expect(await refusal({ 'aloft.yaml': 'applications: {}\napplications: {}\n' })).toMatchInlineSnapshot(`
      "usage.config
      The project files have errors:
      aloft.yaml:2:1: this key is there twice"
    `)
    expect(await refusal({ 'aloft.yaml': 'applications: *none\n' })).toMatchInlineSnapshot(`
      "usage.config
      The project files have errors:
      aloft.yaml:1:15: there is no anchor &none before this"
    `)
    expect(await refusal({ 'aloft.yaml': 'a: 1\n---\nb: 2\n' })).toMatchInlineSnapshot(`
      "usage.config
      The project files have errors:
      aloft.yaml:2:1: there is more than one YAML document in this file"
    `)
    expect(await refusal({ 'aloft.yaml': '' })).toMatchInlineSnapshot(`
      "usage.config
      The project files have errors:
      aloft.yaml:1:1: must be a map with the keys applications, services and routes"
    `)
    expect(await refusal({ 'aloft.yaml': '- 1' })).toMatchInlineSnapshot(`
      "usage.config
      The project files have errors:
      aloft.yaml:1:1: must be a map with the keys applications, services and routes"
    `)
  })

  test('a name in two .upsun files is a problem', async () => {
    expect(
      await refusal({
        '.upsun/a.yaml': 'applications: { web: { type: "nodejs:22" } }',
        '.upsun/b.yaml': 'applications: { web: { type: "nodejs:22" } }\nextra: 1',
      }),
    ).toMatchInlineSnapshot(`
      "usage.config
      The project files have errors:
      .upsun/b.yaml:1:17: applications.web: is in .upsun/a.yaml already
      .upsun/b.yaml:2:1: extra: unknown key (allowed: applications, routes, services)"
    `)
  })

  test('several applications need routes', async () => {
    expect(
      await refusal({ 'aloft.yaml': 'applications: { a: { type: static, web: {} }, b: { type: static, web: {} } }' }),
    ).toMatchInlineSnapshot(`
      "usage.config
      The project files have errors:
      aloft.yaml:1:50: applications.b: there are several applications (a, b) and no routes: only one can be the default"
    `)
  })

  test('an !include stays inside the project, is there, and ends', async () => {
    expect(
      await refusal({
        '.platform.app.yaml': `name: a
type: "nodejs:22"
hooks: { build: !include { type: string, path: ../../etc/passwd }, deploy: !include /etc/passwd, post_deploy: !include gone.sh }
web: !include { type: text, path: x }
workers: !include loop.yaml
variables: !custom x
`,
        'loop.yaml': '!include loop.yaml',
      }),
    ).toMatchInlineSnapshot(`
      "usage.config
      The project files have errors:
      .platform.app.yaml:3:26: !include ../../etc/passwd leaves the project
      .platform.app.yaml:3:85: !include /etc/passwd leaves the project
      .platform.app.yaml:3:120: !include gone.sh: there is no file gone.sh
      .platform.app.yaml:4:15: !include takes a path, or {type: yaml, string or binary; path}
      .platform.app.yaml:6:20: unknown YAML tag !custom (allowed: !include)
      loop.yaml:1:10: !include loop.yaml includes itself or is nested too deeply"
    `)
  })

  test('aliases that loop or multiply are refused', async () => {
    expect(await refusal({ 'aloft.yaml': 'a: &a [*a]' })).toMatchInlineSnapshot(`
      "usage.config
      The project files have errors:
      aloft.yaml:1:7: an alias refers to a part that contains it"
    `)
    const levels = Array.from({ length: 30 }, (_, index) => `l${index + 1}: &l${index + 1} [*l${index}, *l${index}]`)
    expect(await refusal({ 'aloft.yaml': `l0: &l0 x\n${levels.join('\n')}` })).toContain('has more than 50000 values')
  })

  test('values of variables are never shown', async () => {
    const message = await refusal({
      'aloft.yaml': 'applications: { a: { type: static, variables: { env: s3cr3t-value } } }',
    })
    expect(message).not.toContain('s3cr3t')
    expect(message).toContain('variables.env: is text; expected a map')
  })
})

describe('what this platform does not have yet', () => {
  test('is listed by name, all at once', async () => {
    expect(
      await refusal({
        '.magento.app.yaml': `name: app
type: "php:8.2"
relationships:
  api: "api:http"
  mysql:
firewall: { outbound: [{ ports: [443] }] }
additional_hosts: { a.example.com: 10.0.0.1 }
dependencies: { ruby: { sass: "*" }, python2: { x: "*" } }
workers:
  q: { commands: { start: x, post_start: y }, relationships: { api: "api:http" } }
web: { locations: { /: { passthru: true } } }
`,
        '.magento/routes.yaml': `https://{default}/: { type: upstream, upstream: "varnish:http" }
https://p.{default}/: { type: proxy, to: "https://example.com" }
https://q.{default}/: { type: upstream, upstream: "app:http", http_access: { addresses: [] } }
`,
        '.magento/services.yaml': `mysql: { type: "mysql:11.4", firewall: { outbound: [] , inbound: x }, relationships: { a: "b:c" } }
database: { type: "mysql:11.4" }
varnish: { type: "varnish:7.6" }
`,
        'api/.magento.app.yaml': 'name: api\ntype: "php:8.2"\n',
      }),
    ).toMatchInlineSnapshot(`
      "usage.config-unsupported
      The project files ask for what this platform does not have yet:
      .magento.app.yaml:4:3: relationships.api: a relationship to another application (api)
      .magento.app.yaml:6:1: firewall: a firewall: it would not be enforced
      .magento.app.yaml:7:1: additional_hosts: additional hosts
      .magento.app.yaml:8:17: dependencies.ruby: Ruby tools
      .magento.app.yaml:8:38: dependencies.python2: Python 2 tools; use python3
      .magento.app.yaml:10:30: workers.q.commands.post_start: commands after the start of a worker
      .magento.app.yaml:10:64: workers.q.relationships.api: a relationship to another application (api)
      .magento/routes.yaml:1:39: ["https://{default}/"].upstream: a route to the service varnish
      .magento/routes.yaml:2:25: ["https://p.{default}/"].type: routes of type proxy
      .magento/routes.yaml:3:63: ["https://q.{default}/"].http_access: access rules on a route: they would not be enforced
      .magento/services.yaml:1:30: mysql.firewall: a firewall: it would not be enforced
      .magento/services.yaml:1:71: mysql.relationships: relationships of a managed service
      .magento/services.yaml:3:12: varnish.type: the managed service varnish:7.6"
    `)
  })

  test('runtimes, stacks and archives too', async () => {
    expect(
      await refusal({
        '.upsun/config.yaml': `applications:
  a: { type: "ruby:3.3" }
  b: { type: "composable:25.05", stack: ["php@8.3"] }
  c: { stack: ["php@8.3"] }
services:
  vcl: { type: "varnish:7.6", configuration: { vcl: !archive "vcl" } }
`,
      }),
    ).toMatchInlineSnapshot(`
      "usage.config-unsupported
      The project files ask for what this platform does not have yet:
      .upsun/config.yaml:2:8: applications.a.type: the runtime ruby:3.3
      .upsun/config.yaml:3:8: applications.b.type: the runtime composable:25.05
      .upsun/config.yaml:3:34: applications.b.stack: composable stacks
      .upsun/config.yaml:4:8: applications.c.stack: composable stacks
      .upsun/config.yaml:6:10: services.vcl.type: the managed service varnish:7.6
      .upsun/config.yaml:6:62: the YAML tag !archive"
    `)
  })
})
