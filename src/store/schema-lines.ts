/** The text of one column, with the type under its portable name. */
export function columnLine(column: {
  table: string;
  name: string;
  type: string;
  notNull: boolean;
  defaultText: string | null;
}): string {
  const type = column.type.toLowerCase() === 'bytea' ? 'blob' : column.type.toLowerCase();
  const notNull = column.notNull ? ' not null' : '';
  const preset = column.defaultText === null ? '' : ` default ${plain(column.defaultText)}`;
  return `column ${column.table}.${column.name} ${type}${notNull}${preset}`;
}

/** The text of an index; one made by a unique constraint has no name, because SQLite forgets it. */
export function indexLine(index: {
  table: string;
  name: string | undefined;
  isUnique: boolean;
  columns: readonly string[];
  where: string | undefined;
}): string {
  const head = `${index.isUnique ? 'unique ' : ''}${index.name === undefined ? 'constraint' : `index ${index.name}`}`;
  const where = index.where === undefined ? '' : ` where ${plain(index.where)}`;
  return `${head} on ${index.table}(${index.columns.join(', ')})${where}`;
}

/** The text of a foreign key. */
export function foreignKeyLine(key: {
  table: string;
  columns: readonly string[];
  target: string;
  targetColumns: readonly string[];
  onDelete: string;
}): string {
  const from = `${key.table}(${key.columns.join(', ')})`;
  return `foreign key ${from} to ${key.target}(${key.targetColumns.join(', ')}) on delete ${key.onDelete.toLowerCase()}`;
}

// PostgreSQL prints expressions with casts, quotes and parentheses of its own.
function plain(expression: string): string {
  return expression
    .toLowerCase()
    .replace(/::[a-z ]+/g, '')
    .replace(/["()]/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}
