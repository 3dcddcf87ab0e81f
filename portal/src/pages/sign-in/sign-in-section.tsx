import type { PageProps } from '../../components/page.tsx';
import { SectionPage } from '../../components/section-page.tsx';

const tabs = [
  { to: '/sign-in', label: 'Identity providers' },
  { to: '/sign-in/provisioning', label: 'Provisioning' },
  { to: '/sign-in/factors', label: 'Second factors' },
] as const;

/** A page about how people prove who they are, with the way to the others. */
export function SignInSection(page: PageProps) {
  return <SectionPage name="Sign-in" tabs={tabs} {...page} />;
}
