import type { ScimAnswer } from './scim.ts';

/** The detail error keywords of RFC 7644 table 9 that are used here. */
export type ScimType =
  | 'invalidFilter'
  | 'tooMany'
  | 'uniqueness'
  | 'mutability'
  | 'invalidSyntax'
  | 'invalidPath'
  | 'noTarget'
  | 'invalidValue';

/** What the protocol answers instead of a resource. `message` is shown. */
export class ScimProblem extends Error {
  override readonly name = 'ScimProblem';
  readonly status: number;
  readonly scimType: ScimType | undefined;

  constructor(status: number, message: string, scimType?: ScimType) {
    super(message);
    this.status = status;
    this.scimType = scimType;
  }
}

/** RFC 7644 section 3.12. */
export function problemAnswer(problem: ScimProblem): ScimAnswer {
  return {
    status: problem.status,
    headers: problem.status === 401 ? { 'www-authenticate': 'Bearer realm="scim"' } : {},
    body: {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
      status: `${problem.status}`,
      detail: problem.message,
      ...(problem.scimType === undefined ? {} : { scimType: problem.scimType }),
    },
  };
}

export const notFound = (): ScimProblem => new ScimProblem(404, 'There is no such resource');
