/**
 * The numbers of docs/reference/audit-log.md and nothing else: what the writer and the independent verifier share.
 */

/** `SALF`. */
export const frameMagic = 0x53414c46;
export const frameVersion = 1;

/** Where each field of a frame header begins. */
export const headerOffsets = { magic: 0, version: 4, flags: 6, firstSeq: 8, count: 16, length: 20, prev: 24 } as const;

export const headerBytes = 56;
export const hashBytes = 32;
export const bodyBytesMax = 4_194_304;

/** One record without its newline: the entry limit of C2SP tlog-tiles. */
export const recordBytesMax = 65_535;

/** The bytes that keep frame hashes and RFC 6962 leaf hashes apart. */
export const framePrefix = 0x02;
export const leafPrefix = 0x00;

export const genesisLabel = 'sallyport/audit/v1';
export const nodeNamePattern = /^[a-z0-9][a-z0-9-]{0,62}$/;
export const segmentNamePattern = /^(\d{20})\.segment$/;
export const segmentSuffix = '.segment';
