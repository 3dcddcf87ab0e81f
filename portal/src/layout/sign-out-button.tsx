import { ActionIcon, Tooltip } from '@mantine/core';
import { IconLogout } from '@tabler/icons-react';
import { useSignOut } from '../api/sign-out.ts';
import styles from './sign-out-button.module.css';

/** Ends this session from anywhere. */
export function SignOutButton() {
  const { isPending, signOut } = useSignOut();
  return (
    <Tooltip label="Sign out">
      <ActionIcon
        variant="subtle"
        size="lg"
        aria-label="Sign out"
        className={styles.button}
        loading={isPending}
        onClick={signOut}
      >
        <IconLogout size={18} stroke={1.6} />
      </ActionIcon>
    </Tooltip>
  );
}
