import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Reader } from 'mmdb-lib';
import { SallyportError } from '../../core/errors.ts';
import { formatAddress, isPrivateAddress, newAddressWords, readAddress } from '../address.ts';

/** Where requests of one site may come from. */
export interface GeoPolicy {
  /** `allow`: only from these countries; `block`: from all but these. */
  readonly mode: 'off' | 'allow' | 'block';
  /** ISO 3166-1 alpha-2, upper case. */
  readonly countries: readonly string[];
  /** An address of which no country is known. */
  readonly unknown: 'pass' | 'block';
  /** An address of a private network or of this machine. */
  readonly private: 'pass' | 'block';
}

/** `country` is null for what has none. */
export interface GeoVerdict {
  readonly pass: boolean;
  readonly country: string | null;
  readonly why: 'off' | 'private' | 'unknown' | 'listed' | 'not_listed';
}

/** Countries by address, of one data plane. The data is read at the first question: whoever asks none has no cost. */
export interface Geo {
  /** Reads the data now. Throws `perimeter.geo_unavailable`. */
  open(): void;
  /**
   * The country an address is registered in; undefined for a private or unknown one. Throws `perimeter.geo_unavailable` when there is no data.
   */
  countryOf(ip: string): string | undefined;
  /** Judges by the policy of a site. Without data every address that is not private is refused where the site has a policy. */
  judge(policy: GeoPolicy, ip: string): GeoVerdict;
}

const packaged = '@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb';
const rememberedMax = 8192;

/** `file` is another database in the MaxMind DB format 2.0 with `country_code` or `country.iso_code`; the packaged one when left out. */
export function createGeo(options: { file?: string } = {}): Geo {
  const words = newAddressWords();
  const remembered = new Map<string, string | undefined>();
  let reader: { get(ip: string): unknown } | undefined;
  let failure: SallyportError | undefined;

  const opened = (): { get(ip: string): unknown } => {
    if (reader) return reader;
    // Tried once: a request must not read a broken file each time.
    if (failure) throw failure;
    try {
      reader = new Reader(readFileSync(options.file ?? fileURLToPath(import.meta.resolve(packaged))));
      // A file that is another thing may well parse: it must at least answer.
      reader.get('192.0.2.1');
      return reader;
    } catch (cause) {
      reader = undefined;
      const message = `Cannot read the country data "${options.file ?? packaged}": want a database in the MaxMind DB format`;
      failure = new SallyportError('perimeter.geo_unavailable', message, { cause });
      throw failure;
    }
  };

  const lookUp = (ip: string): string | undefined => {
    if (remembered.has(ip)) return remembered.get(ip);
    const country = countryIn(opened().get(ip));
    if (remembered.size >= rememberedMax) remembered.clear();
    remembered.set(ip, country);
    return country;
  };

  return {
    open: () => void opened(),
    countryOf(ip) {
      const version = readAddress(ip, words);
      if (version === 0 || isPrivateAddress(version, words)) return undefined;
      return lookUp(formatAddress(version, words));
    },
    judge(policy, ip) {
      if (policy.mode === 'off') return { pass: true, country: null, why: 'off' };
      const version = readAddress(ip, words);
      if (version !== 0 && isPrivateAddress(version, words))
        return { pass: policy.private === 'pass', country: null, why: 'private' };
      if (version === 0) return { pass: false, country: null, why: 'unknown' };
      let country: string | undefined;
      try {
        country = lookUp(formatAddress(version, words));
      } catch {
        // `open` has told at the start; here it is a refusal.
        return { pass: false, country: null, why: 'unknown' };
      }
      if (country === undefined) return { pass: policy.unknown === 'pass', country: null, why: 'unknown' };
      const isListed = policy.countries.includes(country);
      return { pass: isListed === (policy.mode === 'allow'), country, why: isListed ? 'listed' : 'not_listed' };
    },
  };
}

/** The code in either of the two shapes such databases have. */
function countryIn(entry: unknown): string | undefined {
  if (typeof entry !== 'object' || entry === null) return undefined;
  const nested = 'country' in entry && typeof entry.country === 'object' ? entry.country : undefined;
  const code =
    'country_code' in entry
      ? entry.country_code
      : nested !== null && nested !== undefined && 'iso_code' in nested
        ? nested.iso_code
        : undefined;
  return typeof code === 'string' && /^[A-Z]{2}$/.test(code) && code !== 'ZZ' ? code : undefined;
}
