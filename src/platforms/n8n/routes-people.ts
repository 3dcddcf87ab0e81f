import { closed, may, type Route, routes, signedIn } from '../route.ts';

const gateSignsIn = closed('the gate signs people in');
const gateKeepsAccounts = closed('the gate makes and keeps the accounts of the platform');
const gateHasFactors = closed('second factors belong to the gate');

/** Signing in, accounts, people and projects. Everything that could make or take over an account is closed. */
export const peopleRoutes: readonly Route[] = [
  { on: 'POST /rest/login', action: 'auth.login', need: gateSignsIn, gate: 'sign_in' },
  { on: 'GET /rest/login', action: 'auth.session', need: signedIn },
  { on: 'POST /rest/logout', action: 'auth.logout', need: signedIn, gate: 'sign_out' },
  ...routes({ action: 'page.sign_in', need: gateSignsIn, gate: 'sign_in' }, [
    'GET /signin',
    'GET /setup',
    'GET /signup',
    'GET /forgot-password',
    'GET /change-password',
    'GET /confirm-email-change',
    'GET /saml/*',
  ]),
  { on: 'GET /signout', action: 'auth.logout', need: signedIn, gate: 'sign_out' },
  ...routes({ action: 'auth.bootstrap', need: closed('the platform is claimed through the gate') }, [
    'POST /rest/owner/setup',
  ]),
  ...routes({ action: 'auth.recovery', need: gateKeepsAccounts }, [
    'POST /rest/forgot-password',
    'GET /rest/resolve-password-token',
    'POST /rest/change-password',
    'GET /rest/resolve-signup-token',
    'POST /rest/change-email',
    'GET /rest/resolve-change-email-token',
    'POST /rest/confirm-email-change',
    'POST /rest/invitations/accept',
    'ANY /rest/sso/*',
    'ANY /rest/ldap/*',
  ]),
  ...routes({ action: 'user.self_update', need: gateKeepsAccounts }, ['PATCH /rest/me', 'PATCH /rest/me/password']),
  ...routes({ action: 'user.preferences', need: signedIn }, [
    'PATCH /rest/me/settings',
    'POST /rest/me/survey',
    'PATCH /rest/user-settings/nps-survey',
    'POST /rest/owner/dismiss-banner',
    'GET /rest/favorites',
    'POST /rest/favorites',
    'DELETE /rest/favorites/:kind/:favorite',
    'GET /rest/ai-preferences',
    'GET /rest/ai-preferences/count',
    'POST /rest/ai-preferences',
    'PATCH /rest/ai-preferences/:preference',
    'DELETE /rest/ai-preferences/:preference',
  ]),
  ...routes({ action: 'user.mfa', need: gateHasFactors }, [
    'POST /rest/mfa/enforce-mfa',
    'POST /rest/mfa/can-enable',
    'GET /rest/mfa/qr',
    'POST /rest/mfa/enable',
    'POST /rest/mfa/disable',
    'POST /rest/mfa/verify',
  ]),
  // Names and addresses, which every list of workflows shows as their owners; the editor asks for them on each page.
  { on: 'GET /rest/users', action: 'user.list', need: may('workflow.read') },
  ...routes({ action: 'user.manage', resource: 'user' }, [
    'POST /rest/invitations',
    'DELETE /rest/users/:id',
    'PATCH /rest/users/:id/role',
    'PATCH /rest/users/:id/settings',
  ]),
  ...routes({ action: 'user.takeover', need: gateKeepsAccounts, resource: 'user' }, [
    'GET /rest/users/:id/password-reset-link',
    'POST /rest/users/:id/invite-link',
  ]),
  { on: 'GET /rest/roles', action: 'role.list', need: signedIn },
  ...routes({ action: 'role.read', need: may('user.read') }, [
    'GET /rest/roles/:role',
    'GET /rest/roles/:role/assignments',
    'GET /rest/roles/:role/assignments/:project/members',
    'GET /rest/roles/:role/members',
  ]),
  ...routes({ action: 'role.manage', need: may('user.manage') }, [
    'POST /rest/roles',
    'PATCH /rest/roles/:role',
    'DELETE /rest/roles/:role',
  ]),
];

const folder = '/rest/projects/:id/folders/:folder' as const;

/** The platform's own projects and folders; membership there is not the gate's. */
export const projectRoutes: readonly Route[] = [
  ...routes({ action: 'project.read', resource: 'platform_project' }, [
    'GET /rest/projects',
    'GET /rest/projects/count',
    'GET /rest/projects/my-projects',
    'GET /rest/projects/personal',
    'GET /rest/projects/:id',
    'GET /rest/projects/:id/pool-settings',
    'GET /rest/projects/:id/folders',
    `GET ${folder}/tree`,
    `GET ${folder}/credentials`,
    `GET ${folder}/content`,
  ]),
  { on: 'GET /rest/projects/sharing-candidates', action: 'user.list', need: may('workflow.share') },
  { on: 'POST /rest/projects', action: 'project.create' },
  ...routes({ action: 'project.manage', resource: 'platform_project' }, [
    'PATCH /rest/projects/:id',
    'DELETE /rest/projects/:id',
    'POST /rest/projects/:id/users',
    'PATCH /rest/projects/:id/users/:user',
    'DELETE /rest/projects/:id/users/:user',
    'PATCH /rest/projects/:id/pool-settings',
  ]),
  ...routes({ action: 'folder.manage', need: may('workflow.update'), resource: 'platform_project' }, [
    'POST /rest/projects/:id/folders',
    `PATCH ${folder}`,
    `PUT ${folder}/transfer`,
  ]),
  ...routes({ action: 'folder.delete', need: may('workflow.delete'), resource: 'platform_project' }, [
    `DELETE ${folder}`,
  ]),
];
