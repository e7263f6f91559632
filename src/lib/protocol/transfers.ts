/*
 * Bytes of backups. They are streamed, so they have no schema of their own.
 *
 *   GET   /v1/backups/:backup/bundle   the bundle, the same bytes each time: RFC 9110 ranges, its digest as ETag
 *   GET   /v1/uploads?bytes=&project=&environment=
 *                                      -> {items: [{id, offset, sha256}]}: of files of that size, those that nobody sends
 *                                      just now, with the SHA-256 of the bytes that have arrived
 *   POST  /v1/uploads                  {bytes, project, environment, label?, from?: {id, offset}}   -> 201 {id, offset}; with
 *                                      `from` that one is gone on with under the new id; offset 0 where it has changed meanwhile
 *   HEAD  /v1/uploads/:upload          -> upload-offset, upload-length
 *   PATCH /v1/uploads/:upload          bytes from `upload-offset` on; 409 with the right upload-offset otherwise
 *   POST  /v1/uploads/:upload/finish   -> 202, the activity that checks all of it and makes it a backup
 *   DELETE /v1/uploads/:upload         gives it up; an absent one succeeds
 *
 * The header names are those of tus 1.0.0 (tus.io/protocols/resumable-upload). Uploads that rest for a day are removed.
 */

/** Apart from the schemas, whose library takes its time to load. */
export const transferPaths = {
  bundle: '/v1/backups/:backup/bundle',
  finish: '/v1/uploads/:upload/finish',
  upload: '/v1/uploads/:upload',
  uploads: '/v1/uploads',
} as const

export const OFFSET_HEADER = 'upload-offset'
export const LENGTH_HEADER = 'upload-length'
