/** Attacks that are whole requests. */
import type { Whole } from '../attack-set.ts';
import type { Chance } from '../chance.ts';
import { wholeWriter } from '../whole.ts';
import { writeAppliances } from './wholes-appliances.ts';
import { writeOperators, writePrototypes } from './wholes-objects.ts';
import { writeProducts } from './wholes-products.ts';
import { writeProtocol } from './wholes-protocol.ts';
import { writeScans } from './wholes-scanner.ts';
import { writeUploads } from './wholes-upload.ts';
import { writeXml } from './wholes-xml.ts';

/** Every whole attack of this part, in the same order each time. */
export function thirdWholes(chance: Chance): readonly Whole[] {
  const write = wholeWriter(chance);
  writeXml(write);
  writePrototypes(write);
  writeOperators(write);
  writeUploads(write, chance);
  writeScans(write, chance);
  writeProducts(write, chance);
  writeAppliances(write, chance);
  writeProtocol(write, chance);
  return write.all;
}
