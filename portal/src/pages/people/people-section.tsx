import type { PageProps } from '../../components/page.tsx';
import { SectionPage } from '../../components/section-page.tsx';

const tabs = [
  { to: '/people', label: 'People' },
  { to: '/people/groups', label: 'Groups' },
  { to: '/people/service-accounts', label: 'Service accounts' },
] as const;

/** A page about who can sign in, with the way to the others. */
export function PeopleSection(page: PageProps) {
  return <SectionPage name="People" tabs={tabs} {...page} />;
}
