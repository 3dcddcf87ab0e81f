export interface PinnedPlatform {
  readonly package: string;
  readonly version: string;
  readonly overrides: Readonly<Record<string, string>>;
  readonly entry: string;
}
export const pinned: { readonly n8n: PinnedPlatform; readonly flowise: PinnedPlatform };
/** The folder that holds one platform. */
export function cacheDir(name: string): string;
/** Whether this platform is installed whole. */
export function isInstalled(name: string): boolean;
/** The locked Node 24 distribution (with its headers), or that of the Node that runs this. */
export function nodeDistribution(): string;
/** The folder to put first on PATH, so that everything started finds the right `node`. */
export function nodeBin(): string;
