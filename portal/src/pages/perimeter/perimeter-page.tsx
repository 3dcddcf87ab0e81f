import { Link } from '@tanstack/react-router';
import type { PageProps } from '../../components/page.tsx';
import { Page } from '../../components/page.tsx';
import styles from './perimeter.module.css';
import { verdictWords } from './words.ts';

const tabs = [
  { to: '/perimeter', label: 'Today' },
  { to: '/perimeter/incidents', label: 'Incidents' },
  { to: '/perimeter/exclusions', label: 'Exclusions' },
  { to: '/perimeter/bans', label: 'Bans' },
  { to: '/perimeter/advisories', label: 'Lists and advisories' },
] as const;

/** A page of the perimeter, with the way to the others. */
export function PerimeterPage({ children, ...page }: PageProps) {
  return (
    <Page {...page}>
      <nav aria-label="Perimeter" className={styles.tabs}>
        {tabs.map(tab => (
          <Link key={tab.to} to={tab.to} activeOptions={{ exact: tab.to === '/perimeter', includeSearch: false }}>
            {tab.label}
          </Link>
        ))}
      </nav>
      {children}
    </Page>
  );
}

/** How it ended: a word and a colour, never the colour alone. */
export function VerdictMark({ verdict }: { verdict: string }) {
  return (
    <span className={styles.verdict} data-verdict={verdict}>
      {verdictWords(verdict)}
    </span>
  );
}
