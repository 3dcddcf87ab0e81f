import type { Problem } from '../waf.ts';

/**
 * Reads one format from text that arrives in pieces; what it tells does not depend on where the text was cut. For formats made of bytes
 * (form, multipart, opaque) each character stands for one byte.
 */
export interface TextReader {
  write(text: string): Problem | undefined;
  end(): Problem | undefined;
}
