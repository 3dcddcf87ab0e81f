/**
 * The firewall's words: what is judged (a value at its place), what judges (detectors, each with its rules), and what comes out (a
 * judgement with scores, matches and the verdict). No I/O here and no waiting: a request costs microseconds or is refused for its size.
 */

/** Where in a request a value stands. */
export const zones = [
  'path',
  'query',
  'header',
  'cookie',
  'form',
  'json',
  'multipart',
  'file',
  'xml',
  'graphql',
  'text',
] as const;
export type Zone = (typeof zones)[number];

/**
 * `name` is the field as people would write it, bounded to 256 characters, with list positions as `[]`: `q`, `user-agent`,
 * `nodes[].parameters.query`; empty where the zone has none (path, text).
 */
export interface Place {
  readonly zone: Zone;
  readonly name: string;
  /** Whether the text is the field's name itself or its value. */
  readonly part: 'name' | 'value';
}

/** What an attack aims at; scores are kept apart for each. */
export const categories = [
  'sqli',
  'nosqli',
  'ldap',
  'xpath',
  'xss',
  'shell',
  'code',
  'template',
  'traversal',
  'ssrf',
  'xxe',
  'deserialisation',
  'header',
  'lookup',
  'mail',
  'prototype',
  'upload',
  'scanner',
  'protocol',
  'prompt',
] as const;
export type Category = (typeof categories)[number];

export type Paranoia = 1 | 2 | 3 | 4;

/** Points as the Core Rule Set counts them: critical 5, error 4, warning 3, notice 2; 0 is a signal that is recorded and never blocks. */
export type Points = 0 | 2 | 3 | 4 | 5;

/** One thing a detector can say. Ids are `category.name`, never renamed or reused: exclusions and records name them. */
export interface Rule {
  readonly id: `${Category}.${string}`;
  /** For people, after "looks like": `a SQL condition that is always true`. */
  readonly title: string;
  readonly points: Points;
  /** Runs at this level and above. 1: no honest text should match; 2: rarely; 3 and 4: expects exclusions. */
  readonly paranoia: Paranoia;
}

/** Says that a rule matches at `[start, end)` of the text being judged. */
export type Hit = (rule: Rule['id'], start: number, end: number) => void;

export interface DetectorInput {
  /** One reading of the value: as sent, or with an encoding taken off. At most 32 KiB; longer values come in overlapping windows. */
  readonly text: string;
  /** The same in lower case. */
  readonly lower: string;
  readonly place: Place;
  /** The highest level of rules wanted: work that only higher ones need may be left out. */
  readonly paranoia: Paranoia;
  /** Bits of `charClass` of all characters in the text. */
  readonly chars: number;
  /** True when the reading came from taking an encoding off that an honest sender of this field would not use (Base64, double percent). */
  readonly isUnwrapped: boolean;
}

/** What a detector may look at before it is asked. */
export interface FirstLook {
  readonly text: string;
  /** Bits of `charClass` of all characters in the text. */
  readonly chars: number;
  readonly place: Place;
  readonly paranoia: Paranoia;
  /** Whether one of the detector's needles stands in the text; false when characters alone have woken it. */
  readonly hasNeedle: boolean;
}

/**
 * A tokeniser or small grammar for one kind of attack. Pure; time linear in the text for any input, without backtracking: a regular
 * expression is used only where it cannot go back (no nested or adjacent unbounded repeats), and sticky at a known place.
 */
export interface Detector {
  readonly id: string;
  readonly rules: readonly Rule[];
  /**
   * Lower-case literals of two or more characters: the detector is asked only about texts that contain at least one of them, or whose
   * characters have one of the classes in `chars`. Nothing in a match may lie outside this promise.
   */
  readonly needles: readonly string[];
  /** Bits of `charClass`; any one of them in the text wakes the detector. 0 where needles alone do. */
  readonly chars: number;
  /** Zones where it has something to say; all when left out. */
  readonly zones?: readonly Zone[];
  /** A first look at a text that wakes it, before anything is made ready: false only when `detect` would not say a word. */
  mayMatch?(look: FirstLook): boolean;
  detect(input: DetectorInput, hit: Hit): void;
}

/** Character classes, as bits; one pass over a value ORs them. */
export const charClass = {
  letter: 1,
  digit: 2,
  space: 4,
  /** - _ . ~ , : @ + */
  plain: 8,
  singleQuote: 16,
  doubleQuote: 32,
  backtick: 64,
  less: 128,
  greater: 256,
  slash: 512,
  backslash: 1024,
  dollar: 2048,
  brace: 4096,
  bracket: 8192,
  paren: 16_384,
  percent: 32_768,
  ampersand: 65_536,
  semicolon: 131_072,
  pipe: 262_144,
  equals: 524_288,
  hash: 1_048_576,
  star: 2_097_152,
  /** ! ? ^ */
  mark: 4_194_304,
  newline: 8_388_608,
  /** Below 0x20 but tab, CR and LF; and 0x7f. */
  control: 16_777_216,
  /** 0x80 and above. */
  high: 33_554_432,
} as const;

/** Why a request can not be judged, and so is refused: it has two readings, breaks its format, or has too much of something. */
export interface Problem {
  readonly kind: 'ambiguous' | 'malformed' | 'too_many' | 'too_deep' | 'too_large' | 'unsupported';
  /** For the record: `JSON key "id" stands twice`. At most 200 characters, never a value. */
  readonly detail: string;
  readonly place?: Place;
}

/** Takes what a reader finds. Text is what the application behind the gate will have as the value: transport encodings of the format are off. */
export interface LeafSink {
  /**
   * `isPartial` when the value goes on: long values come in parts of at most 32 KiB, each beginning with the last 512 characters of the one
   * before. The same `Place` object may be passed for several leaves and is not kept.
   */
  leaf(place: Place, text: string, isPartial?: boolean): void;
  /** A rule that the reader itself saw broken: no value alone shows it. `text` is what the record shows, masked, and may be cut. */
  found?(rule: Rule['id'], place: Place, text: string): void;
}

/**
 * Reads one body of one content type as it arrives and tells every name and value. The first problem ends it: later calls repeat it.
 * Memory is bounded by the limits, never by the size of the body.
 */
export interface BodyReader {
  feed(chunk: Uint8Array): Problem | undefined;
  end(): Problem | undefined;
  /** `end` in pieces, for a reader that has much to do there; one of the two is called. */
  endInSteps?(): Generator<undefined, Problem | undefined>;
}

export interface ReadLimits {
  /** Names and values of one request together. */
  readonly leavesMax: number;
  readonly depthMax: number;
  /** Different fields of one JSON or XML body. */
  readonly fieldsMax: number;
  readonly nameCharsMax: number;
  readonly partsMax: number;
  /** Encodings taken off one value, one after another. */
  readonly decodingsMax: number;
  /** Bytes that come out of a Content-Encoding, in all and for each byte that went in. */
  readonly inflatedBytesMax: number;
  readonly inflationMax: number;
}

export const readLimits: ReadLimits = {
  leavesMax: 100_000,
  depthMax: 64,
  fieldsMax: 25_000,
  nameCharsMax: 1024,
  partsMax: 1000,
  decodingsMax: 4,
  inflatedBytesMax: 16 * 1024 * 1024,
  inflationMax: 50,
};

/** One rule that matched. */
export interface Match {
  /** `crs.…` when the Core Rule Set was the judge. */
  readonly rule: Rule['id'] | `crs.${number}`;
  readonly category: Category;
  readonly points: number;
  readonly place: Place;
  /** The offending part with its surroundings, at most 120 characters, letters and digits of what is not the attack masked. */
  readonly excerpt: string;
}

/** What the firewall thinks of a head or a body. */
export interface Judgement {
  /** `would_block` in shadow mode. */
  readonly verdict: 'pass' | 'would_block' | 'block';
  /** By category; only those above 0. */
  readonly scores: Readonly<Partial<Record<Category, number>>>;
  readonly matches: readonly Match[];
  readonly problem?: Problem;
  /** Values passed without judging because they are the author's own work (see `AuthoredFields`). */
  readonly authored: number;
  /** Bytes of the body beyond what the site has inspected; absent when all was. */
  readonly uninspectedBytes?: number;
}

/** How a site wants to be guarded. */
export interface FirewallPolicy {
  readonly mode: 'off' | 'shadow' | 'block';
  readonly paranoia: Paranoia;
  /** A category blocks at this score; 5 lets one critical rule block. */
  readonly threshold: number;
  /** Rules that are not to count: narrow, with reason and end. */
  readonly exclusions: readonly Exclusion[];
  /** Bodies above this are inspected only this far, and the record says so; null inspects everything. */
  readonly inspectBytesMax: number | null;
}

/** Turns one rule (or, where nothing narrower helps, one category) off at one place of one route. */
export interface Exclusion {
  readonly id: string;
  /** A rule id, or `category.*`. */
  readonly rule: string;
  /** Route pattern as records name it, or `*`. */
  readonly endpoint: string;
  readonly zone: Zone | '*';
  /** The field's name, or `*`. */
  readonly name: string;
  readonly reason: string;
  /** Epoch ms; null never ends. */
  readonly expiresAt: number | null;
}

/** Fields of a request where code, SQL and markup are what the author came to write: true for a field's name in its zone. */
export type AuthoredFields = (zone: Zone, name: string) => boolean;
