import type { Ground } from '../ground.ts';
import type { Provider } from './federation.ts';

/** When a link is looked up again: a tenth earlier or later, so that those who came together are not asked for together for ever. */
export function nextCheck(ground: Pick<Ground, 'now' | 'random'>, provider: Provider): number {
  if (provider.kind === 'saml') return ground.now();
  const share = 0.9 + (ground.random(2).readUInt16BE(0) / 0xffff) * 0.2;
  return ground.now() + Math.round(provider.settings.refreshSeconds * 1000 * share);
}
