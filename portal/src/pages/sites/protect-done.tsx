import { Button, Group, Stack } from '@mantine/core';
import { ButtonLink } from '../../components/button-link.tsx';
import { CopyText } from '../../components/copy-text.tsx';
import { PlatformAccountForm } from './platform-account-form.tsx';
import styles from './protect-page.module.css';
import type { Detected } from './protect-page.tsx';
import type { Site } from './site-facts.ts';

/** The new address, and what is still missing. */
export function ProtectDone({ site, detected }: { site: Site; detected: Detected }) {
  const needsAccount = detected.claimed === true && site.platformAccount === 'needed';
  return (
    <Stack gap="md" className={styles.done ?? ''}>
      <div>
        <h2>{site.name} stands behind the gate</h2>
        <p className="quiet">People reach it here, after signing in. The old address should now be closed to them.</p>
      </div>
      <CopyText text={site.address} label="address" />
      {needsAccount && (
        <>
          <hr className={styles.divider} />
          <PlatformAccountForm site={site} />
        </>
      )}
      <Group justify="space-between">
        <ButtonLink to="/sites/$siteId" params={{ siteId: site.id }} variant="default">
          Settings
        </ButtonLink>
        <Button component="a" href={site.address}>
          Open {site.name}
        </Button>
      </Group>
    </Stack>
  );
}
