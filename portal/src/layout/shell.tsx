import { ActionIcon, Drawer } from '@mantine/core';
import { IconMenu2 } from '@tabler/icons-react';
import { Outlet, useRouterState } from '@tanstack/react-router';
import { Suspense, useEffect, useRef, useState } from 'react';
import { useApi } from '../api/queries.ts';
import { Logo } from '../components/logo.tsx';
import { ProblemNotice } from '../components/problem-notice.tsx';
import { SkeletonRows } from '../components/skeleton-rows.tsx';
import { Rail } from './rail.tsx';
import styles from './shell.module.css';

/** The frame around every page: the rail, the page, and the way past the rail for the keyboard. */
export function Shell() {
  const path = useRouterState({ select: state => state.location.pathname });
  const main = useRef<HTMLElement>(null);
  const isFirst = useRef(true);
  const [isMenuOpen, setMenuOpen] = useState(false);
  useEffect(() => {
    setMenuOpen(false);
    // A new page begins where its content begins; the first one leaves the focus where the browser put it.
    if (!isFirst.current) main.current?.focus({ preventScroll: true });
    isFirst.current = false;
  }, [path]);
  return (
    <>
      <a className="skip-link" href="#main" onClick={() => main.current?.focus()}>
        Skip to the page
      </a>
      <div className={styles.shell}>
        <div className={styles.rail}>
          <Rail />
        </div>
        <div className={styles.topbar}>
          <span className={styles.brand}>
            <Logo size={24} />
            Sallyport
          </span>
          <ActionIcon
            variant="subtle"
            size="lg"
            aria-label="Open the menu"
            onClick={() => setMenuOpen(true)}
            className={styles.burger}
          >
            <IconMenu2 size={22} stroke={1.7} />
          </ActionIcon>
        </div>
        <Drawer
          opened={isMenuOpen}
          onClose={() => setMenuOpen(false)}
          size={264}
          padding={0}
          withCloseButton={false}
          aria-label="Menu"
        >
          <div className={styles.drawer}>
            <Rail />
          </div>
        </Drawer>
        <main id="main" ref={main} tabIndex={-1} className={styles.main}>
          <SignedIn />
        </main>
      </div>
    </>
  );
}

/** No page before it is known who asks. */
function SignedIn() {
  const me = useApi('me.get', undefined, { staleTime: 60_000 });
  if (me.data === undefined) {
    if (me.error !== null) return <ProblemNotice error={me.error} onRetry={() => void me.refetch()} />;
    return <SkeletonRows rows={8} />;
  }
  return (
    <Suspense fallback={<SkeletonRows rows={8} />}>
      <Outlet />
    </Suspense>
  );
}
