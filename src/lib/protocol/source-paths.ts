/** The endpoints of source intake (source.ts says what they do); apart from the schemas, whose library takes its time to load. */
export const sourcePaths = {
  blobs: '/v1/projects/:project/blobs',
  tree: '/v1/projects/:project/trees/:digest',
} as const
