import type { BodyProcessor } from '../rule.ts';
import { readForm } from './form.ts';
import { readJson } from './json.ts';
import { readMultipart } from './multipart.ts';
import { readXml } from './xml.ts';

/** Takes what a body holds; texts are bytes. Each returns false when there was too much of it. */
export interface BodySink {
  argument(name: string, value: string): boolean;
  file(name: string, filename: string, size: number): boolean;
  partHeader(part: string, line: string): boolean;
  xml(text: string, attributes: readonly string[]): boolean;
}

/** Why a body could not be read, as the variable REQBODY_ERROR_MSG says it. */
export type BodyFault = string;

/** Reads a whole body into the sink; a fault when it breaks its format. Time linear in the body. */
export function readBody(
  processor: BodyProcessor,
  body: string,
  contentType: string,
  sink: BodySink,
): BodyFault | undefined {
  switch (processor) {
    case 'URLENCODED':
      return readForm(body, sink.argument) ? undefined : 'too many arguments';
    case 'JSON':
      return readJson(body, sink.argument);
    case 'MULTIPART':
      return readMultipart(body, contentType, sink);
    case 'XML':
      return readXml(body, sink.xml);
    default:
      return processor satisfies never;
  }
}

/** The reader for a content type, as the reference configuration chooses it. */
export function processorFor(contentType: string): BodyProcessor | undefined {
  const type = contentType.toLowerCase();
  if (type.startsWith('application/x-www-form-urlencoded')) return 'URLENCODED';
  if (type.startsWith('multipart/form-data')) return 'MULTIPART';
  if (/^(?:application\/(?:soap\+)?|text\/)xml/.test(type)) return 'XML';
  if (/^application\/(?:[\w.-]+\+)?json/.test(type)) return 'JSON';
  return undefined;
}
