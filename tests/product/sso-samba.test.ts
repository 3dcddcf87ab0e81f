import { describe, it } from 'node:test';
import { sambaMissing, startSamba } from '../servers/samba.ts';
import { directoryJob, groups, people } from './directory-job.ts';

describe('people of Active Directory (Samba)', { skip: sambaMissing() ?? false }, () => {
  it('come in by the ordinary form, may what their groups may, and are ended from there', async () => {
    const start = async () => {
      const server = await startSamba({ people, groups });
      const expire = (uid: string) => server.setPerson(uid, { accountExpires: '132000000000000000' });
      return { ...server, expire, nameOf: (uid: string) => `${uid}@${server.domain}` };
    };
    await directoryJob(start, 'active_directory');
  });
});
