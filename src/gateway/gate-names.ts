/** Every cookie of the gate begins with this: no upstream gets or sets one. */
export const sessionCookie = '__Host-sallyport';
/** The twin of the hidden field of the gate's forms. */
export const formCookie = `${sessionCookie}-form`;

/** What a browser that solved a challenge holds for a while. */
export const passCookie = `${sessionCookie}-pass`;
/** The project a browser works in, on a site where each project has an account of its own. */
export const projectCookie = `${sessionCookie}-project`;
/** The same for a program with an API key. */
export const projectHeader = 'sallyport-project';
/** Where a browser brings its answer to a challenge; the data plane answers there itself. */
export const challengePath = '/.sallyport/challenge';

/** Places below `/.sallyport/` that the data plane itself sends people or messages to; the control plane answers there. */
export const gatePaths = {
  reauthenticate: '/.sallyport/reauthenticate',
  signIn: '/.sallyport/sign-in',
  signOut: '/.sallyport/sign-out',
  enter: '/.sallyport/enter',
  project: '/.sallyport/project',
  n8nHook: '/.sallyport/hooks/n8n',
} as const;

/** True for paths that belong to the gate on every site: they never reach a platform. */
export const isGatePath = (path: string): boolean =>
  path.startsWith('/.sallyport/') || path === '/.sallyport' || path === jwksPath;

/** Where the public halves of the assertion keys are. */
export const jwksPath = '/.well-known/sallyport/jwks.json';
