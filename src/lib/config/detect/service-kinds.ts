/** A managed service that a detected application may need, and what speaks for it. */
export interface ServiceKind {
  readonly type: string
  /** Of the service and of the relationship, whence `DATABASE_URL` and the like. */
  readonly name: string
  /** Variables that lead to it, as `.env.example` names them. */
  readonly variables: readonly string[]
  /** Of the addresses in these variables. */
  readonly schemes: readonly string[]
  /** Add-ons of `app.json` (elements.heroku.com). */
  readonly addons: readonly string[]
  /** Packages of npm, PyPI and Packagist that speak with it and with nothing else. */
  readonly drivers: readonly string[]
}

export const SERVICE_KINDS: readonly ServiceKind[] = [
  {
    addons: ['heroku-postgresql'],
    drivers: ['pg', 'postgres', 'psycopg', 'psycopg2', 'psycopg2-binary', 'asyncpg', 'ext-pgsql', 'ext-pdo_pgsql'],
    name: 'database',
    schemes: ['postgres', 'postgresql'],
    type: 'postgresql',
    variables: ['DATABASE_URL'],
  },
  {
    addons: ['cleardb', 'jawsdb', 'jawsdb-maria'],
    drivers: ['mysql', 'mysql2', 'mariadb', 'mysqlclient', 'pymysql', 'aiomysql', 'ext-mysqli', 'ext-pdo_mysql'],
    name: 'database',
    schemes: ['mysql', 'mariadb'],
    type: 'mariadb',
    variables: ['DATABASE_URL'],
  },
  {
    addons: ['heroku-redis', 'rediscloud'],
    drivers: ['redis', 'ioredis', 'ext-redis', 'predis/predis'],
    name: 'redis',
    schemes: ['redis'],
    type: 'redis-persistent',
    variables: ['REDIS_URL'],
  },
  {
    addons: ['cloudamqp'],
    drivers: ['amqplib', 'pika', 'aio-pika', 'ext-amqp', 'php-amqplib/php-amqplib'],
    name: 'rabbitmq',
    schemes: ['amqp'],
    type: 'rabbitmq',
    variables: ['RABBITMQ_URL', 'AMQP_URL'],
  },
  {
    addons: ['memcachier', 'memcachedcloud'],
    drivers: ['memcached', 'memjs', 'pymemcache', 'python-memcached', 'pylibmc', 'ext-memcached'],
    name: 'memcached',
    schemes: ['memcached'],
    type: 'memcached',
    variables: ['MEMCACHED_URL'],
  },
]
