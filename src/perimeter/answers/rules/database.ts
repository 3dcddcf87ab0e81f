import type { LeakDetector, LeakRule } from '../answers.ts';
import type { Around } from '../literals.ts';
import { literalDetector } from '../literals.ts';

const database = (name: string, product: string): LeakRule => ({
  id: `leak.database_${name}`,
  title: `an error message of ${product}`,
  category: 'error',
  points: 5,
});

/** A quote as plain text, JSON and HTML write it. */
const quote = String.raw`(?:\\?["']|&quot;|&#3[49];|&#x2[27];|\\u002[27]|${'`'})`;
const form = (literal: string, after: string): Around => ({ literal, after: new RegExp(after, 'y') });
const name = String.raw`[^\n"'<&\\]{1,120}`;

/** Sentences that the programs themselves write, with the part that is theirs alone. */
export const databaseErrors: readonly LeakDetector[] = [
  literalDetector(database('mysql', 'MySQL'), [
    form('You have an error in your SQL syntax', String.raw`You have an error in your SQL syntax[^\n"<]{0,250}`),
    form('check the manual that corresponds to your ', 'check the manual that corresponds to your (?:MySQL|MariaDB)'),
    ...['field list', 'where clause', 'order clause', 'on clause', 'group statement'].map(place => ({
      literal: place,
      from: ['Unknown column '],
    })),
    form('Duplicate entry ', `Duplicate entry ${quote}${name}${quote} for key ${quote}?${name}`),
    {
      literal: 't exist',
      from: ['Table '],
      between: new RegExp(`^Table ${quote}[\\w$-]{1,64}\\.[\\w$-]{1,64}${quote} doesn.{1,6}$`),
    },
    form('Access denied for user ', `Access denied for user ${quote}[^\\n<]{1,120}\\(using password: (?:YES|NO)\\)`),
    form('SQLSTATE[', String.raw`SQLSTATE\[[0-9A-Z]{5}\][^\n"<]{0,200}`),
    'ER_PARSE_ERROR',
    'ER_BAD_FIELD_ERROR',
    'ER_NO_SUCH_TABLE',
    'ER_DUP_ENTRY',
    'ER_ACCESS_DENIED_ERROR',
    'MySQLSyntaxErrorException',
    form('com.mysql.', String.raw`com\.mysql\.(?:cj\.)?jdbc\.[\w.$]{3,100}`),
    form('mysql_fetch_', String.raw`mysql_fetch_\w{3,20}\(\)`),
    form('mysqli_', String.raw`mysqli_\w{3,30}\(\)`),
  ]),
  literalDetector(database('postgresql', 'PostgreSQL'), [
    form('syntax error at or near ', `syntax error at or near ${quote}[^\\n<]{1,60}`),
    form('syntax error at end of input', 'syntax error at end of input'),
    form(
      'duplicate key value violates unique constraint',
      String.raw`duplicate key value violates unique constraint[^\n<]{1,100}`,
    ),
    form(
      'invalid input syntax for ',
      String.raw`invalid input syntax for (?:type )?(?:integer|uuid|bigint|numeric|json|jsonb|date|timestamp|boolean)[^\n<]{1,80}`,
    ),
    form('unterminated quoted string at or near', 'unterminated quoted string at or near'),
    {
      literal: ' does not exist',
      from: ['relation ', 'column '],
      between: new RegExp(
        `^(?:relation ${quote}[\\w.$-]{1,100}${quote}|column ${quote}?[\\w$-]{1,60}\\.?[\\w$-]{0,60}${quote}?)$`,
      ),
    },
    form('password authentication failed for user', String.raw`password authentication failed for user[^\n<]{1,80}`),
    form('violates foreign key constraint', `violates (?:foreign key|not-null|check) constraint[^\\n<]{1,80}`),
    form('org.postgresql.', String.raw`org\.postgresql\.[\w.$]{3,100}`),
    form('PG::', 'PG::[A-Z][A-Za-z]{3,40}'),
    form('psycopg', String.raw`psycopg[23]?\.(?:errors\.)?[A-Z]\w{3,40}`),
    form('pg_query()', String.raw`pg_query\(\)`),
  ]),
  literalDetector(database('mssql', 'Microsoft SQL Server'), [
    form(
      'Unclosed quotation mark ',
      String.raw`Unclosed quotation mark (?:after|before) the character string[^\n<]{0,80}`,
    ),
    form('Incorrect syntax near ', `Incorrect syntax near (?:the keyword )?${quote}[^\\n<]{1,60}`),
    form('Microsoft OLE DB Provider for ', 'Microsoft OLE DB Provider for (?:SQL Server|ODBC Drivers)'),
    form('[Microsoft][', String.raw`\[Microsoft\]\[[^\]\n]{3,60}\][^\n<"]{0,120}`),
    form('SqlClient.SqlException', 'SqlClient\\.SqlException'),
    form(
      'Conversion failed when converting ',
      String.raw`Conversion failed when converting (?:the |date)[^\n<]{1,100}`,
    ),
    form('Invalid object name ', `Invalid object name ${quote}[\\w.$#[\\]-]{1,100}${quote}`),
    form('Invalid column name ', `Invalid column name ${quote}[\\w.$#[\\]-]{1,100}${quote}`),
  ]),
  literalDetector(database('oracle', 'Oracle'), [
    form('ORA-', String.raw`ORA-\d{5}[^\n"<]{0,120}`),
    form('PLS-', String.raw`PLS-\d{5}:[^\n"<]{0,120}`),
    form('TNS-', String.raw`TNS-\d{5}:[^\n"<]{0,120}`),
    form('oracle.jdbc.', String.raw`oracle\.jdbc\.[\w.$]{3,100}`),
  ]),
  literalDetector(database('sqlite', 'SQLite'), [
    form('SQLITE_', 'SQLITE_(?:ERROR|CONSTRAINT(?:_[A-Z]{2,20})?|BUSY|CORRUPT|MISUSE|CANTOPEN|READONLY)\\b'),
    form('sqlite3.', String.raw`sqlite3\.(?:Operational|Integrity|Programming|Database)Error`),
    form('SQLite3::', 'SQLite3::[A-Z]\\w{2,40}'),
    { literal: ': syntax error', from: ['near '], between: new RegExp(`^near ${quote}[^\\n<]{1,60}${quote}$`) },
    form('unrecognized token: ', `unrecognized token: ${quote}`),
    form('no such column: ', String.raw`no such column: [\w.$]{1,80}`),
    form('no such table: ', String.raw`no such table: [\w.$]{1,80}`),
    form('UNIQUE constraint failed: ', String.raw`UNIQUE constraint failed: [\w.$]{1,80}`),
  ]),
  literalDetector(database('mongodb', 'MongoDB'), [
    form(
      'Mongo',
      'Mongo(?:Server|Network|BulkWrite|ServerSelection|Timeout|WriteConcern|Parse)?Error(?: \\[|: )[^\\n"<]{0,100}',
    ),
    form('E11000 duplicate key', String.raw`E11000 duplicate key[^\n"<]{0,120}`),
    form('com.mongodb.', String.raw`com\.mongodb\.[\w.$]{3,100}`),
    form('pymongo.errors.', String.raw`pymongo\.errors\.\w{3,60}`),
    form('Cast to ObjectId failed ', String.raw`Cast to ObjectId failed [^\n<]{1,80}`),
  ]),
];
