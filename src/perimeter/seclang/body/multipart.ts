import type { BodySink } from './body.ts';

const partsMax = 1000;
const headerCharsMax = 8192;

/** Reads a multipart/form-data body (RFC 7578) of bytes; returns what broke the format, if anything did. */
export function readMultipart(body: string, contentType: string, sink: BodySink): string | undefined {
  const boundary = boundaryOf(contentType);
  if (boundary === undefined) return 'multipart without a usable boundary';
  const delimiter = `--${boundary}`;
  let at = body.startsWith(delimiter) ? 0 : -1;
  if (at < 0) {
    const found = body.indexOf(`\r\n${delimiter}`);
    if (found < 0) return 'multipart without a part';
    at = found + 2;
  }
  for (let parts = 0; ; parts++) {
    at += delimiter.length;
    if (body.startsWith('--', at)) return undefined;
    const lineEnd = endOfLine(body, at);
    if (lineEnd < 0) return 'multipart boundary without a line end';
    if (parts >= partsMax) return 'too many parts';
    const next = body.indexOf(`\n${delimiter}`, lineEnd - 1);
    if (next < 0) return 'multipart without its final boundary';
    const end = body[next - 1] === '\r' && next - 1 >= lineEnd ? next - 1 : next;
    const fault = readPart(body.slice(lineEnd, Math.max(end, lineEnd)), sink);
    if (fault !== undefined) return fault;
    at = next + 1;
  }
}

function boundaryOf(contentType: string): string | undefined {
  const found = /;\s*boundary\s*=\s*(?:"([^"]{1,200})"|([^\s;"]{1,200}))/i.exec(contentType);
  return found?.[1] ?? found?.[2];
}

function endOfLine(text: string, at: number): number {
  if (text[at] === '\n') return at + 1;
  return text[at] === '\r' && text[at + 1] === '\n' ? at + 2 : -1;
}

function readPart(part: string, sink: BodySink): string | undefined {
  const head = part.slice(0, headerCharsMax);
  const end = /\r?\n\r?\n/.exec(part.startsWith('\r\n') || part.startsWith('\n') ? `\n${head}` : head);
  if (end === null) return 'multipart part without an end of its header';
  const fields = head.slice(0, end.index).split(/\r?\n(?![ \t])/);
  const content = part.slice(end.index + end[0].length);
  const disposition = fields.find(field => /^content-disposition\s*:/i.test(field)) ?? '';
  const name = parameter(disposition, 'name');
  if (name === undefined) return 'multipart part without a name';
  for (const field of fields) if (!sink.partHeader(name, field)) return 'too many part headers';
  const filename = parameter(disposition, 'filename');
  const isTaken = filename === undefined ? sink.argument(name, content) : sink.file(name, filename, content.length);
  return isTaken ? undefined : 'too many arguments';
}

function parameter(field: string, wanted: string): string | undefined {
  const form = /;\s*([\w*-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]*))/g;
  for (const found of field.matchAll(form)) {
    if (found[1]?.toLowerCase() === wanted) return found[2]?.replace(/\\(["\\])/g, '$1') ?? found[3] ?? '';
  }
  return undefined;
}
