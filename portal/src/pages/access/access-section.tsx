import { useMay } from '../../api/queries.ts';
import type { PageProps } from '../../components/page.tsx';
import { SectionPage } from '../../components/section-page.tsx';

const tabs = [
  { to: '/access', label: 'Roles for a time' },
  { to: '/access/granted', label: 'Granted to groups' },
  { to: '/access/roles', label: 'Roles' },
  { to: '/access/reviews', label: 'Reviews' },
  { to: '/access/why', label: 'Why?' },
] as const;

/** Pages that say something only to who may read people. */
const forReaders: ReadonlySet<string> = new Set(['/access/granted']);

/** A page about who may do what, with the way to the others. */
export function AccessSection(page: PageProps) {
  const mayRead = useMay('user.read');
  return <SectionPage name="Access" tabs={tabs.filter(tab => mayRead || !forReaders.has(tab.to))} {...page} />;
}
