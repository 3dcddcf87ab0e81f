/** Attacks that are whole requests. */
import type { Whole } from '../../make/attack-set.ts';
import type { Chance } from '../../make/chance.ts';
import { wholeWriter } from '../../make/whole.ts';
import { writeAutomation } from './wholes-automation.ts';
import { writeFramed } from './wholes-framed.ts';
import { writeGates } from './wholes-gates.ts';
import { writeOperators } from './wholes-operators.ts';
import { writeProtocol } from './wholes-protocol.ts';
import { writePrototypes } from './wholes-prototype.ts';
import { writeScans } from './wholes-scanner.ts';
import { writeUploads } from './wholes-upload.ts';
import { writeXml } from './wholes-xml.ts';
import { writeDisguisedXml } from './wholes-xml-disguised.ts';

/** Every whole attack of this part, in the same order each time. */
export function fourthWholes(chance: Chance): readonly Whole[] {
  const write = wholeWriter(chance);
  writeOperators(write);
  writeXml(write);
  writeDisguisedXml(write);
  writePrototypes(write);
  writeUploads(write, chance);
  writeScans(write, chance);
  writeAutomation(write, chance);
  writeGates(write, chance);
  writeProtocol(write);
  writeFramed(write);
  return write.all;
}
