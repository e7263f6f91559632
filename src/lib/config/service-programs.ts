/** A Debian package with a program that the embedded platform runs. */
export interface ServiceProgram {
  readonly package: string
  /** As people call it, e.g. "PostgreSQL". */
  readonly title: string
  /** Types of managed services as files call them; none for what every environment uses. */
  readonly types: readonly string[]
  /** Any of these: names, or paths in which `*` stands for one name. */
  readonly programs: readonly string[]
  /** What the package starts by itself, which nothing here needs. */
  readonly daemon?: string | undefined
}

/** All that `aloft platform setup` knows, in the order people read it. */
export const SERVICE_PROGRAMS: readonly ServiceProgram[] = [
  { package: 'bubblewrap', programs: ['bwrap'], title: 'isolation of instances', types: [] },
  {
    daemon: 'postgresql',
    package: 'postgresql',
    programs: ['/usr/lib/postgresql/*/bin/postgres', '/usr/pgsql-*/bin/postgres'],
    title: 'PostgreSQL',
    types: ['postgresql', 'postgres'],
  },
  {
    daemon: 'mariadb',
    package: 'mariadb-server',
    programs: ['mariadbd'],
    title: 'MariaDB',
    types: ['mariadb', 'mysql', 'oracle-mysql'],
  },
  {
    daemon: 'redis-server',
    package: 'redis-server',
    programs: ['redis-server', 'valkey-server'],
    title: 'Redis',
    types: ['redis', 'redis-persistent', 'valkey', 'valkey-persistent'],
  },
  { daemon: 'memcached', package: 'memcached', programs: ['memcached'], title: 'Memcached', types: ['memcached'] },
  {
    daemon: 'rabbitmq-server',
    package: 'rabbitmq-server',
    programs: ['rabbitmq-server'],
    title: 'RabbitMQ',
    types: ['rabbitmq'],
  },
  {
    package: 'groonga-bin',
    programs: ['groonga'],
    title: 'search by Groonga',
    types: ['search', 'elasticsearch', 'opensearch', 'solr'],
  },
  { package: 'restic', programs: ['restic'], title: 'deduplicated backups, where asked for', types: [] },
]
