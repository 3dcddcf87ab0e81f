import type { PageProps } from '../../components/page.tsx';
import { SectionPage } from '../../components/section-page.tsx';
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
export function PerimeterPage(page: PageProps) {
  return <SectionPage name="Perimeter" tabs={tabs} {...page} />;
}

/** How it ended: a word and a colour, never the colour alone. */
export function VerdictMark({ verdict }: { verdict: string }) {
  return (
    <span className={styles.verdict} data-verdict={verdict}>
      {verdictWords(verdict)}
    </span>
  );
}
