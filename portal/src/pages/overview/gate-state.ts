import type { OperationOutput } from '../../../../src/admin/contract/contract.ts';
import { plural } from '../../components/time.ts';

export interface GateState {
  readonly level: 'calm' | 'attention' | 'alarm';
  readonly title: string;
  readonly sentences: readonly string[];
}

type Status = Pick<OperationOutput<'system.status'>, 'ready' | 'recording' | 'sites'>;

/** The state of the gate in words, the worst first. `publishedRoutes` is how many routes answer without sign-in; undefined when not known. */
export function gateState(status: Status, publishedRoutes: number | undefined): GateState {
  const sites = plural(status.sites.length, 'site');
  const silent = status.sites.filter(
    site => site.upstreams.length > 0 && site.upstreams.every(entry => !entry.healthy),
  );
  const entry = entrySentence(publishedRoutes);
  if (!status.recording) {
    const sentences = [
      'The audit log cannot record, so new requests are refused.',
      'Look at the disk and the log of the program.',
    ];
    return { level: 'alarm', title: 'Not recording', sentences };
  }
  if (!status.ready) {
    return { level: 'alarm', title: 'Not ready', sentences: ['The gate has no rules yet and answers nobody.'] };
  }
  if (status.sites.length === 0) {
    return {
      level: 'attention',
      title: 'Nothing is guarded yet',
      sentences: ['Recording.', 'Protect an upstream to begin.'],
    };
  }
  if (silent.length > 0) {
    const names = silent.map(site => site.name).join(', ');
    const verb = silent.length === 1 ? 'does' : 'do';
    return {
      level: 'attention',
      title: `Guarding ${sites}, of which ${silent.length} ${verb} not answer`,
      sentences: [`Not answering: ${names}.`, 'Recording.', entry],
    };
  }
  return { level: 'calm', title: `Guarding ${sites}`, sentences: ['Recording.', entry] };
}

function entrySentence(published: number | undefined): string {
  if (published === undefined) return 'What is not published needs sign-in.';
  if (published === 0) return 'Everything needs sign-in.';
  return `Everything needs sign-in but ${plural(published, 'published route')}.`;
}

const base = '/.sallyport/portal';
const pages: ReadonlySet<string> = new Set(['', 'sites', 'people', 'projects', 'audit', 'profile']);

/** Where a to-do item leads: a page of the portal as a path below its base, or undefined when there is no such page. */
export function portalPath(link: string): string | undefined {
  if (link !== base && !link.startsWith(`${base}/`)) return undefined;
  const path = link.slice(base.length) || '/';
  return pages.has(path.split('/')[1] ?? '') ? path : undefined;
}
