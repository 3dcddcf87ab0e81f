import type { ReactNode } from 'react';
import styles from './data-table.module.css';

export interface Column<Row> {
  readonly key: string;
  readonly header: string;
  readonly cell: (row: Row) => ReactNode;
  /** A CSS grid track: `minmax(0, 2fr)` when left out. */
  readonly width?: string;
  readonly align?: 'end';
  /** On a narrow screen a row is a card: its title, a labelled line, bare content, or left out. */
  readonly narrow?: 'title' | 'bare' | 'hidden';
}

export interface DataTableProps<Row> {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  /** The whole row can be pressed; the first cell must hold the real button or link for the keyboard. */
  readonly onRow?: (row: Row) => void;
  readonly isActive?: (row: Row) => boolean;
  readonly dense?: boolean;
  /** Stands in place of a table without rows. */
  readonly empty?: ReactNode;
}

/** A table that becomes a list of cards on a narrow screen and stays a table for assistive technology. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { label, columns, rows, rowKey, onRow, isActive, dense, empty } = props;
  if (rows.length === 0 && empty !== undefined) return empty;
  const tracks = columns.map(column => column.width ?? 'minmax(0, 2fr)').join(' ');
  return (
    <div
      role="table"
      aria-label={label}
      className={styles.table}
      data-dense={dense}
      style={{ '--tracks': tracks } as object}
    >
      <div role="row" className={styles.head}>
        {columns.map(column => (
          <div role="columnheader" key={column.key} data-align={column.align}>
            {column.header === '' ? <span className="visually-hidden">{column.key}</span> : column.header}
          </div>
        ))}
      </div>
      {rows.map(row => (
        // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- the first cell holds the button that the keyboard uses
        <div
          role="row"
          key={rowKey(row)}
          className={styles.row}
          data-active={isActive?.(row) || undefined}
          data-pressable={onRow !== undefined || undefined}
          onClick={event => {
            if (onRow && !isOwnControl(event.target, event.currentTarget)) onRow(row);
          }}
        >
          {columns.map(column => (
            <div
              role="cell"
              key={column.key}
              className={styles.cell}
              data-align={column.align}
              data-narrow={column.narrow}
              data-label={column.header}
            >
              <div className={styles.content}>{column.cell(row)}</div>
            </div>
          ))}
        </div>
      ))}
    </div>
  );
}

/** A press on a control inside the row is that control's own, and so is the end of selecting text. */
function isOwnControl(target: EventTarget, row: Element): boolean {
  const control = target instanceof Element ? target.closest('a, button, input, label, [role=combobox]') : null;
  return (control !== null && row.contains(control)) || window.getSelection()?.isCollapsed === false;
}
