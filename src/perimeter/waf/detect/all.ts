import type { Detector } from '../waf.ts';
import { calls } from './calls.ts';
import { code } from './code/code.ts';
import { deserialisation } from './deserialisation.ts';
import { forms } from './forms.ts';
import { header, headerFields } from './header.ts';
import { ldap } from './ldap.ts';
import { lookup } from './lookup.ts';
import { mail } from './mail.ts';
import { mailSender } from './mail-sender.ts';
import { nosql } from './nosql.ts';
import { nosqlEndings } from './nosql-endings.ts';
import { nosqlNames, nosqlQueries } from './nosql-queries.ts';
import { prompt } from './prompt.ts';
import { prototype } from './prototype.ts';
import { callback, scanner } from './scanner.ts';
import { shellField } from './shell/asked.ts';
import { shell } from './shell/shell.ts';
import { sqlSisters } from './sql/sisters.ts';
import { sql } from './sql/sql.ts';
import { ssrf } from './ssrf/ssrf.ts';
import { template } from './template.ts';
import { token } from './token.ts';
import { traversal } from './traversal.ts';
import { upload } from './upload.ts';
import { xml } from './xml.ts';
import { xpath } from './xpath.ts';
import { xss } from './xss/xss.ts';

/** Every detector of the firewall; the position in this list is its bit in the prefilter. At most 31. */
export const detectors: readonly Detector[] = [
  shell,
  code,
  lookup,
  template,
  traversal,
  header,
  headerFields,
  prompt,
  scanner,
  callback,
  ssrf,
  upload,
  xss,
  sql,
  sqlSisters,
  nosql,
  nosqlQueries,
  nosqlNames,
  nosqlEndings,
  ldap,
  xpath,
  xml,
  deserialisation,
  mail,
  mailSender,
  token,
  prototype,
  shellField,
  calls,
  forms,
];
