import { Button } from '@mantine/core';
import { useMe } from '../../api/queries.ts';
import { useSignOut } from '../../api/sign-out.ts';
import { Column, Columns } from '../../components/columns.tsx';
import { Page } from '../../components/page.tsx';
import { KeysPanel } from '../keys/keys-panel.tsx';
import { NameForm } from './name-form.tsx';
import { Notices } from './notices.tsx';
import { OwnLinks } from './own-links.tsx';
import { OwnSessions } from './own-sessions.tsx';
import { Passkeys } from './passkeys.tsx';
import { PasswordForm } from './password-form.tsx';
import { SecondFactor } from './second-factor.tsx';

/** What is a person's own: name, proofs, sessions. */
export function ProfilePage() {
  const me = useMe();
  const { isPending, signOut } = useSignOut();
  return (
    <Page
      title="Profile"
      lead={me.person.email}
      actions={
        <Button variant="default" loading={isPending} onClick={signOut}>
          Sign out
        </Button>
      }
    >
      <Columns isEven>
        <Column>
          <NameForm key={me.person.name} me={me} />
          <PasswordForm me={me} />
        </Column>
        <SecondFactor me={me} />
      </Columns>
      <Notices />
      <Passkeys />
      <OwnLinks />
      <KeysPanel userId={me.person.id} isOwn />
      <OwnSessions />
    </Page>
  );
}
