/** One page of a ListObjectsV2 answer. */
export interface S3Page {
  readonly keys: readonly string[];
  readonly isTruncated: boolean;
}

/** Reads the keys of a ListObjectsV2 answer asked for with `encoding-type=url`. */
export function readS3Page(xml: string): S3Page {
  const keys = [...xml.matchAll(/<Contents>.*?<Key>(?<key>[^<]*)<\/Key>.*?<\/Contents>/gs)].map(match =>
    decodeURIComponent((match.groups?.['key'] ?? '').replaceAll('+', '%20')),
  );
  return { keys, isTruncated: /<IsTruncated>true<\/IsTruncated>/.test(xml) };
}

/** The `Code` of an S3 error document, or a word for one that has none. */
export function readS3ErrorCode(xml: string): string {
  return /<Code>(?<code>[A-Za-z0-9.]{1,64})<\/Code>/.exec(xml)?.groups?.['code'] ?? 'NoCode';
}
