import type { Client } from '../admin/client.ts';

/** The site of the bundled sample: made at the first start, and pointed at the port the sample got at every further one. */
export async function protectSample(operator: Client, origin: string): Promise<void> {
  const { sites } = await operator('sites.list');
  const held = sites.find(site => site.name === 'sample');
  if (!held) {
    await operator('sites.create', {
      body: {
        name: 'sample',
        platform: 'generic',
        upstreams: [origin],
        port: 0,
        accounts: 'none',
        identityHeaders: 'remote',
        publicRoutes: [{ methods: ['POST'], path: '/webhook/ping' }],
      },
    });
  } else if (held.upstreams[0] !== origin) {
    await operator('sites.update', { params: { id: held.id }, body: { upstreams: [origin] } });
  }
}
