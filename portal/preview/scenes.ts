import type { Page } from 'playwright-core';

/** One picture: where to go and what to do there before it is taken. */
export interface Scene {
  readonly name: string;
  readonly path: string;
  readonly act?: (page: Page) => Promise<void>;
  /** Problems that the scene makes on purpose, so that the browser's own line about them is no failure. */
  readonly expects?: RegExp;
}

const press = (name: string | RegExp) => async (page: Page) => page.getByRole('button', { name }).first().click();

async function proveIdentity(page: Page): Promise<void> {
  await page.getByRole('dialog', { name: 'Confirm that it is you' }).waitFor();
  await page.getByLabel('Password', { exact: true }).last().fill('correct');
  await page.getByLabel('Code').last().fill('123456');
  await page.getByRole('button', { name: 'Confirm', exact: true }).click();
}

async function fillInvitation(page: Page): Promise<void> {
  await press('Invite a person')(page);
  await page.getByLabel('Name', { exact: true }).fill('Hana Suzuki');
  await page.getByLabel('E-mail address').fill('hana@harbour.example');
}

async function fail(page: Page, path: string): Promise<void> {
  const problem = { type: 'about:blank', title: 'The store is not available', status: 503, code: 'store.unavailable' };
  const body = JSON.stringify({
    ...problem,
    detail: 'The disk is full.',
    requestId: '01995b3e-7c10-7b90-8f00-2c9a51d0e7f4',
  });
  await page.route(`**${path}*`, route =>
    route.fulfill({ status: 503, contentType: 'application/problem+json', body }),
  );
  await page.reload();
  await page.getByRole('alert').waitFor();
}

const onDemand = /status of (401|503|400|409|422|502)/;

/** Every page and every dialog worth looking at. */
export const scenes: readonly Scene[] = [
  { name: 'overview', path: '' },
  { name: 'overview-table', path: '', act: press('As table') },
  { name: 'perimeter', path: 'perimeter' },
  {
    name: 'perimeter-ban',
    path: 'perimeter',
    act: press('Ban 203.0.113.77'),
  },
  { name: 'perimeter-incidents', path: 'perimeter/incidents' },
  { name: 'perimeter-incident', path: 'perimeter/incidents/01995b3e-7c10-7b90-8f00-2c9a51d0e702' },
  {
    name: 'perimeter-honest',
    path: 'perimeter/incidents/01995b3e-7c10-7b90-8f00-2c9a51d0e701',
    act: press('This was honest work'),
  },
  { name: 'perimeter-unknown', path: 'perimeter/incidents/nothing', expects: /status of 404/ },
  { name: 'perimeter-exclusions', path: 'perimeter/exclusions' },
  { name: 'perimeter-exclusion-new', path: 'perimeter/exclusions', act: press('New exclusion') },
  { name: 'perimeter-bans', path: 'perimeter/bans' },
  { name: 'perimeter-advisories', path: 'perimeter/advisories' },
  {
    name: 'perimeter-guard',
    path: 'sites/site-n8n',
    act: async page => {
      await page.getByText('Shadow', { exact: true }).first().click();
      await press('Try it first')(page);
      await page.getByText('Tried on the last').scrollIntoViewIfNeeded();
    },
  },
  { name: 'groups', path: 'people/groups' },
  { name: 'group', path: 'people/groups/g1' },
  { name: 'group-kept-here', path: 'people/groups/g2' },
  {
    name: 'group-grant',
    path: 'people/groups/g1',
    act: async page => {
      await page.getByLabel('Grant a role in').first().click();
      await page.getByRole('option', { name: 'Finance' }).click();
      await page.getByLabel('Role', { exact: true }).first().click();
      await page.getByRole('option', { name: 'Editor' }).click();
      await press('See what changes')(page);
      await page.getByText('people gain').waitFor();
    },
  },
  {
    name: 'group-new',
    path: 'people/groups',
    act: async page => {
      await press('New group')(page);
      await page.getByRole('dialog').getByLabel('Kept by').first().waitFor();
    },
  },
  { name: 'machines', path: 'people/service-accounts' },
  { name: 'machine', path: 'people/service-accounts/sa_orders' },
  { name: 'machine-new', path: 'people/service-accounts', act: press('New service account') },
  { name: 'machine-secret', path: 'people/service-accounts/sa_orders', act: press('New secret') },
  { name: 'reviews', path: 'access/reviews' },
  { name: 'review', path: 'access/reviews/rv1' },
  { name: 'review-closed', path: 'access/reviews/rv2' },
  { name: 'review-new', path: 'access/reviews', act: press('Begin a review') },
  { name: 'access', path: 'access' },
  { name: 'access-ask', path: 'access', act: press('Ask for a role') },
  { name: 'access-decide', path: 'access', act: press('Decide') },
  { name: 'access-granted', path: 'access/granted' },
  { name: 'access-roles', path: 'access/roles' },
  { name: 'access-role-new', path: 'access/roles', act: press('New role') },
  {
    name: 'access-why',
    path: 'access/why',
    act: async page => {
      await press('Explain')(page);
      await page.getByText('Because').waitFor();
    },
  },
  { name: 'sign-in', path: 'sign-in' },
  { name: 'sign-in-connect', path: 'sign-in/connect/oidc' },
  { name: 'sign-in-connect-saml', path: 'sign-in/connect/saml' },
  { name: 'sign-in-provider', path: 'sign-in/idp-2' },
  {
    name: 'sign-in-tried',
    path: 'sign-in/idp-2',
    act: async page => {
      await page.getByRole('button', { name: 'Try', exact: true }).click();
      await proveIdentity(page);
      await page.getByText('Would be', { exact: true }).waitFor();
    },
    expects: onDemand,
  },
  { name: 'sign-in-provisioning', path: 'sign-in/provisioning' },
  { name: 'sign-in-client-new', path: 'sign-in/provisioning', act: press('New client') },
  { name: 'sign-in-factors', path: 'sign-in/factors' },
  { name: 'sites', path: 'sites' },
  { name: 'site', path: 'sites/site-n8n' },
  {
    name: 'site-more',
    path: 'sites/site-n8n',
    act: async page => {
      await press('Want more for a route or action')(page);
      await press('Add routes for programs')(page);
      await press('Want a client certificate')(page);
    },
  },
  {
    name: 'site-changed',
    path: 'sites/site-n8n',
    act: async page => {
      await press('Publish a route')(page);
      await page.getByLabel('Path of route 4').fill('/webhook/new');
    },
  },
  {
    name: 'site-delete',
    path: 'sites/site-n8n',
    act: press('Delete this site'),
  },
  { name: 'protect', path: 'sites/protect' },
  {
    name: 'protect-failed',
    path: 'sites/protect',
    expects: onDemand,
    act: async page => {
      await page.getByLabel('Address of the application').fill('localhost:9999');
      await press('Look at it')(page);
      await page.getByRole('alert').waitFor();
    },
  },
  {
    name: 'protect-confirm',
    path: 'sites/protect',
    act: async page => {
      await page.getByLabel('Address of the application').fill('localhost:5678');
      await press('Look at it')(page);
      await page.getByText('has an owner already').waitFor();
    },
  },
  {
    name: 'protect-done',
    path: 'sites/protect',
    expects: onDemand,
    act: async page => {
      await page.getByLabel('Address of the application').fill('localhost:5678');
      await press('Look at it')(page);
      await press('Protect it')(page);
      await proveIdentity(page);
      await page.getByText('stands behind the gate').waitFor();
    },
  },
  { name: 'people', path: 'people' },
  {
    name: 'people-none-found',
    path: 'people',
    act: async page => {
      await page.getByLabel('Search people').fill('zzz');
      await page.getByText('Nobody found').waitFor();
    },
  },
  { name: 'invite', path: 'people', act: fillInvitation },
  {
    name: 'step-up',
    path: 'people',
    expects: onDemand,
    act: async page => {
      await fillInvitation(page);
      await press('Make the invitation')(page);
      await page.getByLabel('Password', { exact: true }).fill('wrong');
      await page.getByLabel('Code').fill('123456');
      await page.getByRole('button', { name: 'Confirm', exact: true }).click();
      await page.getByRole('alert').waitFor();
    },
  },
  {
    name: 'invited',
    path: 'people',
    expects: onDemand,
    act: async page => {
      await fillInvitation(page);
      await press('Make the invitation')(page);
      await proveIdentity(page);
      await page.getByText('Send this link to').waitFor();
    },
  },
  { name: 'person', path: 'people/01940000-0000-7000-8000-000000000002' },
  { name: 'projects', path: 'projects' },
  { name: 'project-new', path: 'projects', act: press('New project') },
  { name: 'project', path: 'projects/p1' },
  { name: 'project-assign', path: 'projects/p1', act: press('Assign') },
  { name: 'audit', path: 'audit' },
  { name: 'audit-custom', path: `audit?outcome=denied&from=${Date.now() - 5_000_000}` },
  {
    name: 'menu',
    path: 'audit',
    act: async page =>
      page
        .getByRole('button', { name: 'Open the menu' })
        .click({ timeout: 500 })
        .catch(() => undefined),
  },
  {
    name: 'audit-event',
    path: 'audit?outcome=denied',
    act: async page =>
      page
        .getByRole('button', { name: /stopped by/ })
        .first()
        .click(),
  },
  { name: 'audit-empty', path: 'audit?principal=nobody' },
  {
    name: 'audit-verify',
    path: 'audit',
    act: async page => {
      await press('Verify the log')(page);
      await page.getByText('The log is whole').waitFor();
    },
  },
  {
    name: 'audit-live',
    path: 'audit',
    act: async page => page.getByRole('switch', { name: 'Live' }).check({ force: true }),
  },
  { name: 'profile', path: 'profile' },
  { name: 'key-new', path: 'profile', act: press('New key') },
  { name: 'key-rotate', path: 'profile', act: press('Rotate') },
  {
    name: 'enrol',
    path: 'profile',
    expects: onDemand,
    act: async page => {
      await press('Change the app')(page);
      await proveIdentity(page).catch(() => undefined);
      await page.getByLabel('QR code of the secret').waitFor();
    },
  },
  {
    name: 'recovery-codes',
    path: 'profile',
    expects: onDemand,
    act: async page => {
      await press('New recovery codes')(page);
      await proveIdentity(page).catch(() => undefined);
      await page.getByText('Each works once').waitFor();
    },
  },
  { name: 'error', path: 'people', expects: onDemand, act: async page => fail(page, '/api/v1/users') },
  { name: 'not-found', path: 'nothing/here' },
];
