import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { NotFound, PageFailure } from './layout/not-found.tsx';
import { Shell } from './layout/shell.tsx';
import { readAuditFilter } from './pages/audit/audit-filter.ts';
import { readIncidentFilter, readSearch } from './pages/perimeter/incident-filter.ts';

const rootRoute = createRootRoute({ component: Shell, notFoundComponent: NotFound, errorComponent: PageFailure });
const parent = { getParentRoute: () => rootRoute };

const routeTree = rootRoute.addChildren([
  createRoute({
    ...parent,
    path: '/',
    component: lazyRouteComponent(() => import('./pages/overview/overview-page.tsx'), 'OverviewPage'),
  }),
  createRoute({
    ...parent,
    path: '/perimeter',
    component: lazyRouteComponent(() => import('./pages/perimeter/overview-page.tsx'), 'PerimeterOverviewPage'),
  }),
  createRoute({
    ...parent,
    path: '/perimeter/incidents',
    validateSearch: readIncidentFilter,
    component: lazyRouteComponent(() => import('./pages/perimeter/incidents-page.tsx'), 'IncidentsPage'),
  }),
  createRoute({
    ...parent,
    path: '/perimeter/incidents/$incidentId',
    component: lazyRouteComponent(() => import('./pages/perimeter/incident-page.tsx'), 'IncidentPage'),
  }),
  createRoute({
    ...parent,
    path: '/perimeter/exclusions',
    component: lazyRouteComponent(() => import('./pages/perimeter/exclusions-page.tsx'), 'ExclusionsPage'),
  }),
  createRoute({
    ...parent,
    path: '/perimeter/bans',
    validateSearch: readSearch,
    component: lazyRouteComponent(() => import('./pages/perimeter/bans-page.tsx'), 'BansPage'),
  }),
  createRoute({
    ...parent,
    path: '/perimeter/advisories',
    component: lazyRouteComponent(() => import('./pages/perimeter/advisories-page.tsx'), 'AdvisoriesPage'),
  }),
  createRoute({
    ...parent,
    path: '/sites',
    component: lazyRouteComponent(() => import('./pages/sites/sites-page.tsx'), 'SitesPage'),
  }),
  createRoute({
    ...parent,
    path: '/sites/protect',
    component: lazyRouteComponent(() => import('./pages/sites/protect-page.tsx'), 'ProtectPage'),
  }),
  createRoute({
    ...parent,
    path: '/sites/$siteId',
    component: lazyRouteComponent(() => import('./pages/sites/site-page.tsx'), 'SitePage'),
  }),
  createRoute({
    ...parent,
    path: '/people',
    component: lazyRouteComponent(() => import('./pages/people/people-page.tsx'), 'PeoplePage'),
  }),
  createRoute({
    ...parent,
    path: '/people/groups',
    component: lazyRouteComponent(() => import('./pages/groups/groups-page.tsx'), 'GroupsPage'),
  }),
  createRoute({
    ...parent,
    path: '/people/groups/$groupId',
    component: lazyRouteComponent(() => import('./pages/groups/group-page.tsx'), 'GroupPage'),
  }),
  createRoute({
    ...parent,
    path: '/people/service-accounts',
    component: lazyRouteComponent(() => import('./pages/machines/machines-page.tsx'), 'MachinesPage'),
  }),
  createRoute({
    ...parent,
    path: '/people/service-accounts/$machineId',
    component: lazyRouteComponent(() => import('./pages/machines/machine-page.tsx'), 'MachinePage'),
  }),
  createRoute({
    ...parent,
    path: '/people/$personId',
    component: lazyRouteComponent(() => import('./pages/people/person-page.tsx'), 'PersonPage'),
  }),
  createRoute({
    ...parent,
    path: '/access',
    component: lazyRouteComponent(() => import('./pages/access/elevation-page.tsx'), 'ElevationPage'),
  }),
  createRoute({
    ...parent,
    path: '/access/granted',
    component: lazyRouteComponent(() => import('./pages/access/granted-page.tsx'), 'GrantedPage'),
  }),
  createRoute({
    ...parent,
    path: '/access/roles',
    component: lazyRouteComponent(() => import('./pages/access/roles-page.tsx'), 'RolesPage'),
  }),
  createRoute({
    ...parent,
    path: '/access/reviews',
    component: lazyRouteComponent(() => import('./pages/access/reviews-page.tsx'), 'ReviewsPage'),
  }),
  createRoute({
    ...parent,
    path: '/access/reviews/$reviewId',
    component: lazyRouteComponent(() => import('./pages/access/review-page.tsx'), 'ReviewPage'),
  }),
  createRoute({
    ...parent,
    path: '/access/why',
    component: lazyRouteComponent(() => import('./pages/access/why-page.tsx'), 'WhyPage'),
  }),
  createRoute({
    ...parent,
    path: '/sign-in',
    component: lazyRouteComponent(() => import('./pages/sign-in/providers-page.tsx'), 'ProvidersPage'),
  }),
  createRoute({
    ...parent,
    path: '/sign-in/provisioning',
    component: lazyRouteComponent(() => import('./pages/sign-in/provisioning-page.tsx'), 'ProvisioningPage'),
  }),
  createRoute({
    ...parent,
    path: '/sign-in/factors',
    component: lazyRouteComponent(() => import('./pages/sign-in/factors-page.tsx'), 'FactorsPage'),
  }),
  createRoute({
    ...parent,
    path: '/sign-in/connect/$kind',
    component: lazyRouteComponent(() => import('./pages/sign-in/connect-page.tsx'), 'ConnectPage'),
  }),
  createRoute({
    ...parent,
    path: '/sign-in/$providerId',
    component: lazyRouteComponent(() => import('./pages/sign-in/provider-page.tsx'), 'ProviderPage'),
  }),
  createRoute({
    ...parent,
    path: '/projects',
    component: lazyRouteComponent(() => import('./pages/projects/projects-page.tsx'), 'ProjectsPage'),
  }),
  createRoute({
    ...parent,
    path: '/projects/$projectId',
    component: lazyRouteComponent(() => import('./pages/projects/project-page.tsx'), 'ProjectPage'),
  }),
  createRoute({
    ...parent,
    path: '/audit',
    validateSearch: readAuditFilter,
    component: lazyRouteComponent(() => import('./pages/audit/audit-page.tsx'), 'AuditPage'),
  }),
  createRoute({
    ...parent,
    path: '/profile',
    component: lazyRouteComponent(() => import('./pages/profile/profile-page.tsx'), 'ProfilePage'),
  }),
  createRoute({
    ...parent,
    path: '/overview',
    beforeLoad: () => {
      throw redirect({ to: '/' });
    },
  }),
]);

/** Every page of the portal by its path below `/.sallyport/portal`; each is a bundle of its own. */
export const router = createRouter({
  routeTree,
  basepath: '/.sallyport/portal',
  defaultPreload: 'intent',
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
