import { createHash } from 'node:crypto';
import type { ReviewTables } from './review-tables.ts';

type Campaign = ReviewTables['access_campaigns'];
type Item = ReviewTables['access_review_items'];

const columns = [
  ...['email', 'name', 'kind', 'what', 'way', 'last_used_at', 'answer', 'outcome', 'comment', 'note'],
  ...['answered_by', 'answered_at', 'user_id', 'project_id', 'role', 'group_id', 'ref_id', 'id'],
] as const satisfies readonly (keyof Item)[];

/** The evidence as JSON: the same rows give the same text. */
export function printJson(campaign: Campaign, items: readonly Item[]): string {
  const { closed_at: closedAt, created_at: createdAt, created_by: createdBy, due_at: dueAt } = campaign;
  const head = {
    ...{ id: campaign.id, name: campaign.name, scope: campaign.scope_name, unanswered: campaign.unanswered },
    ...{ createdAt: time(createdAt), createdBy, dueAt: time(dueAt), closedAt: time(closedAt) },
    reviewers: JSON.parse(campaign.reviewers) as unknown,
  };
  const rows = items.map(item => JSON.stringify(Object.fromEntries(columns.map(name => [name, cell(item, name)]))));
  return `{"campaign":${JSON.stringify(head)},\n"items":[\n${rows.join(',\n')}\n]}\n`;
}

/** The evidence as CSV (RFC 4180). What a spreadsheet would take for a formula begins with an apostrophe. */
export function printCsv(items: readonly Item[]): string {
  const lines = items.map(item => columns.map(name => quote(cell(item, name) ?? '')).join(','));
  return [columns.join(','), ...lines, ''].join('\r\n');
}

/** Hex SHA-256 of the text in UTF-8. */
export const fingerprint = (text: string): string => createHash('sha256').update(text).digest('hex');

function cell(item: Item, name: (typeof columns)[number]): string | null {
  const value = item[name];
  if (name === 'last_used_at' || name === 'answered_at') return time(typeof value === 'number' ? value : null);
  return value === null ? null : String(value);
}

const time = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

function quote(text: string): string {
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
