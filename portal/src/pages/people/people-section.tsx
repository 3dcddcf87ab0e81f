import { useMay } from '../../api/queries.ts';
import type { PageProps } from '../../components/page.tsx';
import { SectionPage } from '../../components/section-page.tsx';

const tabs = [
  { to: '/people', label: 'People' },
  { to: '/people/groups', label: 'Groups' },
  { to: '/people/service-accounts', label: 'Service accounts' },
] as const;

/** A page about who can sign in, with the way to the others. Everybody has service accounts; the rest is for who may read people. */
export function PeopleSection(page: PageProps) {
  const mayRead = useMay('user.read');
  return <SectionPage name="People" tabs={mayRead ? tabs : tabs.slice(2)} {...page} />;
}
