import { createFlowise } from './flowise/flowise.ts';
import { createGeneric } from './generic/generic.ts';
import { createN8n } from './n8n/n8n.ts';
import type { Platform, PlatformId } from './platforms.ts';

/** Every platform the gate knows, with its route table compiled; a bad table stops the boot. */
export function createPlatforms(): ReadonlyMap<PlatformId, Platform> {
  return new Map([createN8n(), createFlowise(), createGeneric()].map(platform => [platform.id, platform]));
}
