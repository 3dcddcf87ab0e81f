/** The vocabulary of permissions: platforms say which one a request needs, access says which role holds it. */
export const permissions = [
  'workflow.create',
  'workflow.read',
  'workflow.update',
  'workflow.delete',
  'workflow.execute',
  'workflow.share',
  'execution.read',
  'execution.control',
  'execution.delete',
  'credential.create',
  'credential.read',
  'credential.use',
  'credential.manage',
  'data_source.create',
  'data_source.read',
  'data_source.use',
  'data_source.manage',
  'settings.read',
  'settings.manage',
  'project.create',
  'project.read',
  'project.manage',
  /** Delete the project, make and unmake its Owners. */
  'project.own',
  'user.read',
  'user.manage',
  'site.read',
  'site.manage',
  'audit.read',
  /** Begin and close access reviews. */
  'review.manage',
  /** What a known platform does on a route the table does not know: the strictest role only. */
  'platform.unknown',
] as const;

export type Permission = (typeof permissions)[number];
