/** Prints the reference pages from code into docs/reference. With `--check` writes nothing and fails when a page is not what would be printed. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import {
  everyProjectPermissions,
  globalRolePermissions,
  globalRoles,
  projectRolePermissions,
  projectRoles,
} from '../src/access/access.ts';
import { openApiDocument } from '../src/admin/admin.ts';
import { errorCodes } from '../src/core/errors.ts';
import { describeEvents } from '../src/core/ocsf.ts';
import { permissions } from '../src/core/permissions.ts';
import { configSchema, createCommands, globalOptions, synopsis } from '../src/server/server.ts';
import { capabilities, floors } from '../tests/architecture.ts';
import { asvs } from '../tests/asvs.ts';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const reference = path.join(root, 'docs', 'reference');
const note = '<!-- Printed from code by `npm run docs`. Edit the code, not this page. -->\n\n';

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
const table = (headings: readonly string[], rows: readonly (readonly string[])[]) =>
  [headings, headings.map(() => '---'), ...rows].map(row => `| ${row.map(cell).join(' | ')} |`).join('\n');

function errorsPage(): string {
  const rows = Object.entries(errorCodes).map(([code, { status, title }]) => [`\`${code}\``, String(status), title]);
  return `${note}# Errors\n\nEvery refusal is an RFC 9457 problem document; decide on \`code\`. Codes are never renamed or reused.\n\n${table(['Code', 'Status', 'Title'], rows)}\n`;
}

function eventsPage(): string {
  const rows = describeEvents().map(event => [
    `\`${event.type}\``,
    event.tells,
    `${event.className} (${event.classUid})`,
  ]);
  return `${note}# Security events\n\nThe one thing every room tells, and what the audit log keeps. Each maps to a class of the Open Cybersecurity Schema Framework.\n\n${table(['Type', 'What it tells', 'OCSF class'], rows)}\n`;
}

function rolesPage(): string {
  const mark = (held: ReadonlySet<string>, permission: string) => (held.has(permission) ? 'yes' : '');
  const rows = permissions.map(permission => [
    `\`${permission}\``,
    ...globalRoles.map(
      role => mark(globalRolePermissions[role], permission) || mark(everyProjectPermissions[role], permission),
    ),
    ...projectRoles.map(role => mark(projectRolePermissions[role], permission)),
  ]);
  return `${note}# Roles and permissions\n\nGlobal roles count everywhere, in every project too; project roles in their project. Nobody has what is not listed.\n\n${table(
    ['Permission', ...globalRoles.map(role => `global ${role}`), ...projectRoles.map(role => `project ${role}`)],
    rows,
  )}\n`;
}

function commandsPage(): string {
  const sections = createCommands(root).map(command => {
    const options = [...command.options, ...globalOptions].map(
      option =>
        `- \`--${option.name}${option.flag ? '' : ` <${option.choices?.join('|') ?? 'value'}>`}\`: ${option.describe}`,
    );
    const examples = command.examples.length === 0 ? '' : `\n\`\`\`sh\n${command.examples.join('\n')}\n\`\`\`\n`;
    return `## ${command.name}\n\n${command.summary}.\n\n\`${synopsis(command)}\`\n\n${options.join('\n')}\n${examples}`;
  });
  return `${note}# Command line\n\nCommands other than \`up\`, \`config\` and \`completion\` speak to the running Sallyport over a socket in its data directory: whoever may open that directory is the operator.\n\n${sections.join('\n')}`;
}

interface Schema {
  readonly description?: string;
  readonly type?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: string | number | boolean;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly minimum?: number;
  readonly maximum?: number;
}

function configRows(schema: Schema, at: string): string[][] {
  const rows: string[][] = [];
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    const where = at === '' ? name : `${at}.${name}`;
    const variants = field.oneOf ?? field.anyOf;
    const nested = field.properties ? [field] : (variants ?? (field.items?.properties ? [field.items] : []));
    if (nested.length === 0 || variants)
      rows.push([
        `\`${where}\``,
        typeOf(field),
        field.default === undefined ? '' : `\`${JSON.stringify(field.default)}\``,
        field.description ?? '',
      ]);
    else if (field.description) rows.push([`\`${where}\``, typeOf(field), '', field.description]);
    for (const one of nested) rows.push(...configRows(one, field.items ? `${where}[]` : where));
  }
  return rows;
}

function typeOf(schema: Schema): string {
  if (schema.const !== undefined) return `"${schema.const}"`;
  if (schema.enum) return schema.enum.map(value => JSON.stringify(value)).join(' or ');
  const range =
    schema.minimum !== undefined && schema.maximum !== undefined ? ` ${schema.minimum}..${schema.maximum}` : '';
  return `${schema.type ?? 'one of'}${range}`;
}

function configPage(): string {
  // The JSON Schema of a zod object is a tree of these members.
  const schema = z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any' }) as Schema;
  const rows = configRows(schema, '');
  return `${note}# Configuration\n\nOne YAML file, \`sallyport.yaml\` in the installation folder or named with \`--config\`. Every field has a safe default; an unknown field is an error, and all errors are reported at once. Secrets are references (\`env:NAME\`, \`file:/path\`), never values. \`sallyport config check\` checks a file, \`sallyport config print\` shows what is in force. Sites, people and roles are not in this file: they are managed in the portal, by the API or by the command line.\n\n${table(
    ['Field', 'Type', 'Default', 'What it is'],
    rows,
  )}\n`;
}

function architecturePage(): string {
  const rows = Object.entries(floors)
    .toSorted((a, b) => b[1] - a[1])
    .map(([room, floor]) => [
      String(floor),
      `\`${room}/\``,
      Object.entries(capabilities)
        .filter(([, rooms]) => rooms.includes(room))
        .map(([name]) => `\`${name}\``)
        .join(', '),
    ]);
  return `${note}# Floors and capabilities\n\nA room imports only from lower floors, and only through doors. What gives power over the machine or the network is listed by room; \`tests/architecture.test.ts\` holds the code against it.\n\n${table(['Floor', 'Room', 'May use'], rows)}\n`;
}

function asvsPage(): string {
  const rows = asvs.map(({ answer, how, id, level, tests, wants }) => [
    id,
    String(level),
    wants,
    answer === 'met' ? how : `*${answer}*: ${how}`,
    tests.map(({ file, name }) => `\`${file}\` › ${name}`).join('; '),
  ]);
  return `${note}# OWASP ASVS 5.0, V6 to V10\n\nEvery requirement of levels 1 and 2 about authentication, sessions, authorization, tokens and OAuth, and those of level 3 that are met; in our words, with how it is met and the tests that hold it. \`tests/asvs.test.ts\` checks that these tests exist.\n\n${table(
    ['Requirement', 'Level', 'What it wants', 'Answer', 'Tests'],
    rows,
  )}\n`;
}

const pages: Readonly<Record<string, () => string>> = {
  'errors.md': errorsPage,
  'events.md': eventsPage,
  'roles.md': rolesPage,
  'commands.md': commandsPage,
  'configuration.md': configPage,
  'floors.md': architecturePage,
  'asvs.md': asvsPage,
  'openapi.json': () => `${JSON.stringify(openApiDocument(), null, 1)}\n`,
  'configuration.schema.json': () =>
    `${JSON.stringify(z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any' }), null, 1)}\n`,
};

const check = process.argv.includes('--check');
mkdirSync(reference, { recursive: true });
let stale = 0;
for (const [name, print] of Object.entries(pages)) {
  const file = path.join(reference, name);
  const text = print();
  if (existsSync(file) && readFileSync(file, 'utf8') === text) continue;
  stale++;
  if (check) process.stdout.write(`docs/reference/${name} is not what the code prints: npm run docs\n`);
  else {
    writeFileSync(file, text);
    process.stdout.write(`printed docs/reference/${name}\n`);
  }
}
process.exit(check && stale > 0 ? 1 : 0);
