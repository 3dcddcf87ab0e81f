import { describe, it } from 'node:test';
import { slapdMissing, startSlapd } from '../servers/slapd.ts';
import { directoryJob, groups, people } from './directory-job.ts';

describe('people of OpenLDAP', { skip: slapdMissing() ?? false }, () => {
  it('come in by the ordinary form, may what their groups may, and are ended from there', async () => {
    const start = async () => {
      const server = await startSlapd({ people, groups });
      const expire = (uid: string) => server.setPerson(uid, { shadowExpire: '1' });
      return { ...server, expire, nameOf: server.personDn };
    };
    await directoryJob(start, 'ldap');
  });
});
