import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { operatorPrincipal } from '../../core/events.ts';
import { createBrowser, nearOrigin, openGate, password, portalOrigin, siteInput } from '../admin.fixture.ts';

async function openWithProjects() {
  const gate = await openGate();
  const make = (name: string) => gate.access.createProject(operatorPrincipal, { name });
  const [north, south, west] = [await make('North'), await make('South'), await make('West')];
  const more = { accounts: 'project', projects: [south.id, west.id] } as const;
  await gate.sites.create(operatorPrincipal, siteInput('near', north.id, more));
  const user = await gate.addPerson('ada@example.org', 'member');
  const join = (project: { id: string }) =>
    gate.access.setMember(operatorPrincipal, { projectId: project.id, userId: user.id, role: 'editor' });
  const browser = createBrowser(gate);
  await browser.submit(await browser.open(`${portalOrigin}/.sallyport/sign-in`), {
    email: 'ada@example.org',
    password,
  });
  return { gate, north, south, west, join, browser };
}

const enterUrl = `${nearOrigin}/.sallyport/enter?return_to=/workflow/1`;
const accountOf = (project: { id: string }) => `near|${project.id.replaceAll('-', '')}@project.sallyport.invalid`;

describe('entering a site where each project has an account', () => {
  it('takes who is in one project to its account', async () => {
    const { gate, south, join, browser } = await openWithProjects();
    await using _ = gate;
    await join(south);
    assert.equal((await browser.open(enterUrl)).url.href, `${nearOrigin}/workflow/1`);
    assert.deepEqual(gate.entered, [accountOf(south)]);
  });

  it('asks who is in several, keeps the answer, and can be asked again', async () => {
    const { gate, north, south, join, browser } = await openWithProjects();
    await using _ = gate;
    await join(north);
    await join(south);
    const page = await browser.open(enterUrl);
    assert.equal(page.url.pathname, '/.sallyport/project');
    assert.match(page.text, /North/);
    assert.doesNotMatch(page.text, /West/);
    await browser.submit(page, { project: south.id });
    assert.equal(browser.cookie('gate.test', '__Host-sallyport-project'), south.id);
    await browser.open(enterUrl);
    assert.deepEqual(gate.entered, [accountOf(south)]);
    const again = await browser.open(`${nearOrigin}/.sallyport/project`);
    assert.match(again.text, /South \(now\)/);
  });

  it('takes no answer that names another project, or that another page sent', async () => {
    const { gate, north, south, west, join, browser } = await openWithProjects();
    await using _ = gate;
    await join(north);
    await join(south);
    const page = await browser.open(`${nearOrigin}/.sallyport/project`);
    assert.equal((await browser.submit(page, { project: west.id })).status, 403);
    const foreign = await browser.send(`${nearOrigin}/.sallyport/project`, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        origin: 'https://evil.test',
        'sec-fetch-site': 'cross-site',
      },
      body: `project=${south.id}&form_token=x`,
    });
    assert.equal(foreign.status, 403);
    assert.equal(browser.cookie('gate.test', '__Host-sallyport-project'), undefined);
  });

  it('shows who is in none that they have no role', async () => {
    const { gate, browser } = await openWithProjects();
    await using _ = gate;
    assert.equal((await browser.open(enterUrl)).status, 403);
    assert.match((await browser.open(`${nearOrigin}/.sallyport/project`)).text, /no role in a project of this site/);
  });
});
