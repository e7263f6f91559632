// How the managed services are reached: read from MAGENTO_CLOUD_RELATIONSHIPS by the reader of the cloud.
import { Redis } from 'ioredis'
import mysql from 'mysql2/promise'
import reader from 'platformsh-config'

const cloud = reader.config({ varPrefix: 'MAGENTO_CLOUD_' })

/** Connections to MariaDB, made when they are needed. */
export function openDatabase() {
  const { host, password, path, port, username } = cloud.credentials('database')
  return mysql.createPool({ connectionLimit: 5, database: path, host, password, port, user: username })
}

/** The queue of orders. Waits for a Redis that starts anew. */
export function openQueue() {
  const { host, password, port } = cloud.credentials('queue')
  const queue = new Redis({ host, password: password ?? undefined, port })
  queue.on('error', error => console.error(`queue: ${error.message}`))
  return queue
}

/** Asks Groonga for one of its commands over HTTP (groonga.org/docs/reference/commands). */
export async function search(command, options, values) {
  const { host, port } = cloud.credentials('search')
  const address = `http://${host}:${port}/d/${command}?${new URLSearchParams(options)}`
  const body = values && {
    body: JSON.stringify(values),
    headers: { 'content-type': 'application/json' },
    method: 'POST',
  }
  const response = await fetch(address, body)
  const [[status, , , message], result] = await response.json()
  if (status !== 0) throw new Error(`search: ${command}: ${message}`)
  return result
}
