import type { Icon } from '@tabler/icons-react';
import {
  IconFolders,
  IconHome2,
  IconKey,
  IconListSearch,
  IconLogin2,
  IconServer2,
  IconShieldHalf,
  IconUsers,
} from '@tabler/icons-react';

export interface Destination {
  readonly to: '/' | '/perimeter' | '/sites' | '/people' | '/access' | '/sign-in' | '/projects' | '/audit';
  readonly label: string;
  readonly icon: Icon;
  /** The permission without which there is nothing to see there; none for everybody's own pages. */
  readonly needs?: string;
}

/** The pages in the order of the rail. */
export const destinations: readonly Destination[] = [
  { to: '/', label: 'Overview', icon: IconHome2, needs: 'settings.read' },
  { to: '/perimeter', label: 'Perimeter', icon: IconShieldHalf, needs: 'audit.read' },
  { to: '/sites', label: 'Sites', icon: IconServer2 },
  { to: '/people', label: 'People', icon: IconUsers, needs: 'user.read' },
  { to: '/access', label: 'Access', icon: IconKey },
  { to: '/sign-in', label: 'Sign-in', icon: IconLogin2, needs: 'settings.manage' },
  { to: '/projects', label: 'Projects', icon: IconFolders },
  { to: '/audit', label: 'Audit', icon: IconListSearch, needs: 'audit.read' },
];

/** What a person with these permissions is shown. */
export function visibleDestinations(permissions: readonly string[]): readonly Destination[] {
  return destinations.filter(entry => entry.needs === undefined || permissions.includes(entry.needs));
}
